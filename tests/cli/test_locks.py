"""`holdfast locks` and `locks show` as they are typed."""

import json
import signal

import pytest

from holdfast.app.lock_identity import identity_of_process
from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, US_EAST, layer_key
from tests.cli.conftest import CommandLine
from tests.cli.locked_fleet import (
    ANN,
    KEY,
    LAYER,
    PATH,
    ROOT,
    lock_text,
    put_file,
    put_item,
    remove_item,
)
from tests.cli.screens import on_screen
from tests.cli.test_output import validate
from tests.support.fault_proxy import FaultProxy
from tests.support.real_terraform import Finished
from tests.support.worlds import World

# The list ---------------------------------------------------------------------------------------


def test_a_fleet_without_locks_says_what_was_looked_at(in_fleet: CommandLine) -> None:
    assert in_fleet("locks") == Finished(
        status=0,
        output=(
            f"missing  table `{US_EAST.table}` in {US_EAST.name}\n"
            f"  {US_EAST.bucket} cannot be locked in it; `holdfast audit` says more\n"
            "\n"
            "no lock was seen; looked at 17 keys in 2 buckets and 9 items in 2 tables"
            " (9 digests, 0 of other backends)\n"
        ),
        errors="",
    )


def test_the_list_needs_no_name(in_fleet: CommandLine) -> None:
    plain = in_fleet("locks")
    assert in_fleet("locks", "list") == plain
    assert in_fleet("locks", ".") == plain
    assert in_fleet("locks", "--format", "text", ".") == plain


def test_the_list_shows_every_lock(in_own_fleet: CommandLine, own_fleet: World) -> None:
    put_item(own_fleet, ANN)
    put_file(own_fleet, "")
    found = in_own_fleet("locks", "--format", "json")
    document = json.loads(found.output)
    assert found.status == 0
    assert [
        (state["key"], state["kind"], [each["mark"] for each in state["marks"]])
        for state in document["states"]
    ] == [(KEY, "both", ["unreadable", "old"])]


def test_one_backend_can_be_listed_alone(in_fleet: CommandLine) -> None:
    found = json.loads(in_fleet("locks", "--backend", US_EAST.bucket, "--format", "json").output)
    assert [store["status"] for store in found["stores"]] == ["read", "missing"]


def test_what_may_not_be_read_is_unknown_and_strict_says_so(
    cli: CommandLine, own_fleet: World, proxy: FaultProxy
) -> None:
    put_item(own_fleet, ANN)
    proxy.deny("dynamodb:Scan")
    cli.join(own_fleet, through=proxy.url)
    lax, strict = cli("locks"), cli("locks", "--strict")
    assert (lax.status, strict.status) == (0, 6)
    assert "no lock was seen" in lax.output
    assert "permission `dynamodb:Scan` is missing" in lax.output


def test_my_own_orphan_is_marked_when_i_say_when_it_failed(
    in_own_fleet: CommandLine, own_fleet: World
) -> None:
    me = identity_of_process("0.1.0").who
    put_file(own_fleet, lock_text(ANN, who=me))
    failed = in_own_fleet("locks", "--failed-at", "2026-11-20T14:02:15Z", "--format", "json")
    (state,) = json.loads(failed.output)["states"]
    assert state["marks"][0]["mark"] == "self"
    (state,) = json.loads(in_own_fleet("locks", "--format", "json").output)["states"]
    assert "self" not in [each["mark"] for each in state["marks"]]


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("--failed-at", "yesterday"), "usage"),
        (("--watch",), "usage"),
        (("--watch", "3", "--format", "json"), "usage"),
        (("--backend", "nope"), "usage"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    in_fleet: CommandLine, arguments: tuple[str, ...], slug: str
) -> None:
    refused = in_fleet("locks", *arguments)
    assert refused.status == 2
    assert refused.errors.startswith(f"error[{slug}]: ")


def test_a_watch_shows_what_changes_and_ends_with_an_interrupt(own_fleet: World) -> None:
    with on_screen(own_fleet, "locks", "--watch", "1") as screen:
        screen.read_until("end it with Ctrl-C")
        assert "no lock was seen" in screen.seen
        put_item(own_fleet, ANN)
        screen.read_until(ANN)
        screen.read_until("end it with Ctrl-C")
        remove_item(own_fleet)
        screen.read_until("no lock was seen")
        screen.process.send_signal(signal.SIGINT)
        assert screen.status() == 0, screen.seen


# One state --------------------------------------------------------------------------------------


def test_a_state_is_shown_by_its_key_its_path_and_its_root(
    in_own_fleet: CommandLine, own_fleet: World
) -> None:
    put_item(own_fleet, ANN)
    shown = [in_own_fleet("locks", "show", name) for name in (KEY, PATH, ROOT)]
    assert [each.status for each in shown] == [0, 0, 0]
    for each in shown:
        assert each.output.startswith(f"s3://{PATH}\n")
        assert f"ID:        {ANN}" in each.output
        assert each.output.endswith("\n1 lock of 1 owner\n")


def test_a_state_is_shown_as_json(in_own_fleet: CommandLine, own_fleet: World) -> None:
    put_item(own_fleet, ANN)
    shown = in_own_fleet("locks", "show", KEY, "--format", "json")
    assert (shown.status, shown.errors) == (0, "")
    document = json.loads(shown.output)
    validate(document, "state-locks")
    assert document["key"] == KEY
    assert [each["status"] for each in document["locks"]] == ["free", "held"]


def test_an_ambiguous_pattern_is_refused_with_its_candidates(in_fleet: CommandLine) -> None:
    refused = in_fleet("locks", "show", f"*{LAYER}*")
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors == (
        f"error[state-ambiguous]: `*{LAYER}*` fits 2 states\n"
        f"  {AF_SOUTH.bucket}   {KEY}\n"
        f"  {US_EAST.bucket}  {layer_key(US_EAST.name, LAYER)}\n"
        "nothing was changed\n"
        "\n"
        "hint: give one key, and `--backend NAME` when several backends have it\n"
    )


def test_an_unknown_key_is_refused_with_the_nearest(in_fleet: CommandLine) -> None:
    refused = in_fleet("locks", "break", KEY.replace(LAYER, "02-platfrom"), "--lock-id", ANN)
    assert refused.status == 2
    hints = [line for line in refused.errors.splitlines() if line.startswith("hint")]
    assert hints[0] == f"hint: did you mean `{KEY}`?"
