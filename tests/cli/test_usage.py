"""Words that are not known, and words that are: the command line as such."""

import pytest

import holdfast
from holdfast.cli.overview import COMMANDS, overview_text
from tests.cli.conftest import CommandLine
from tests.support.real_terraform import Finished

FLEET_COMMANDS = ("audit", "plan", "apply", "prove")


@pytest.mark.parametrize("arguments", [("--help",), ("-h",)])
def test_the_overview_is_data(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments) == Finished(status=0, output=overview_text(), errors="")


def test_no_command_at_all_is_a_mistake_that_shows_the_overview(cli: CommandLine) -> None:
    assert cli() == Finished(status=2, output=overview_text(), errors="")


def test_the_version_is_one_line(cli: CommandLine) -> None:
    words = f"holdfast {holdfast.__version__}\n"
    assert cli("--version") == Finished(status=0, output=words, errors="")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(cli: CommandLine, command: str) -> None:
    shown = cli(command, "--help")
    assert (shown.status, shown.errors) == (0, "")
    assert shown.output.startswith(f"Usage: holdfast {command} ")
    assert COMMANDS[command] in shown.output


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_does_not_exist_is_refused(cli: CommandLine, command: str) -> None:
    refused = cli(command, "--no-such-option")
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.startswith("error[usage]: no such option '--no-such-option'\n")
    assert f"hint: `holdfast {command}" in refused.errors


@pytest.mark.parametrize(
    ("arguments", "words", "hints"),
    [
        (("audti",), "no such command 'audti'", ("did you mean `audit`?", "holdfast")),
        (("--versoin",), "no such option '--versoin'", ("did you mean `--version`?", "holdfast")),
        (
            ("audit", "--offlien"),
            "no such option '--offlien'",
            ("did you mean `--offline`?", "holdfast audit"),
        ),
        (("locks", "show"), "missing argument 'KEY'", ("holdfast locks show",)),
        (("plan", "--out"), "option '--out' requires an argument", ("holdfast plan",)),
        (("demo", "now"), "got unexpected extra argument (now)", ("holdfast demo",)),
        (
            ("audit", "--format", "yaml"),
            "invalid value for '--format': 'yaml' is not one of 'text', 'json', 'markdown'",
            ("holdfast audit",),
        ),
    ],
    ids=str,
)
def test_a_command_line_that_click_refuses_is_told_as_every_other_mistake(
    cli: CommandLine, arguments: tuple[str, ...], words: str, hints: tuple[str, ...]
) -> None:
    *nearest, command = hints
    lines = [*nearest, f"`{command} --help` shows what there is"]
    assert cli(*arguments) == Finished(
        status=2,
        output="",
        errors=(
            f"error[usage]: {words}\nnothing was read or changed\n\n"
            + "".join(f"hint: {line}\n" for line in lines)
        ),
    )


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "1e9", "nan", "inf"])
@pytest.mark.parametrize("command", FLEET_COMMANDS)
def test_a_timeout_that_is_none_is_refused(cli: CommandLine, command: str, seconds: str) -> None:
    refused = cli(command, "--timeout", seconds)
    assert (refused.status, refused.output) == (2, "")
    assert "'--timeout'" in refused.errors


@pytest.mark.parametrize("command", FLEET_COMMANDS)
def test_a_backend_that_does_not_exist_is_named_with_those_that_do(
    in_fleet: CommandLine, command: str
) -> None:
    refused = in_fleet(command, "--backend", "cptwn-terraform-state-erza")
    assert (refused.status, refused.output) == (2, "")
    assert "there is no backend called `cptwn-terraform-state-erza`" in refused.errors
    assert "cptwn-terraform-state-ezra, usest1-terraform-state-ezra" in refused.errors


def test_a_rule_that_does_not_exist_is_named_with_the_nearest_one(in_fleet: CommandLine) -> None:
    refused = in_fleet("audit", "--only", "lock-table-mising")
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.startswith("error[slug-unknown]: there is no rule or error called")
    assert "did you mean `lock-table-missing`?" in refused.errors


def test_a_rule_that_needs_the_cloud_is_not_judged_without_it(in_fleet: CommandLine) -> None:
    of_code, of_cloud = ("--only", "key-collision"), ("--only", "bucket-public")
    assert in_fleet("audit", "--offline", *of_code).status == 0
    for named in (of_cloud, (*of_code, *of_cloud)):
        assert in_fleet("audit", "--offline", *named) == Finished(
            status=2,
            output="",
            errors=(
                "error[usage]: `bucket-public` is judged by what the cloud says, and `--offline` does not"
                " read it\nnothing was judged\n\n"
                "hint: leave out `--offline`\nhint: or name rules over the code alone\n"
            ),
        )
    assert in_fleet("audit", *of_cloud).status == 0


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_plan_for_a_rule_that_does_not_exist_is_no_empty_plan(
    in_fleet: CommandLine, command: str
) -> None:
    refused = in_fleet(command, "--only", "lock-table-mising")
    assert (refused.status, refused.output) == (2, "")
    assert "did you mean `lock-table-missing`?" in refused.errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--only", "create-tabel:locks"),
        ("apply", "--only", "create-tabel:locks"),
        ("apply", "--confirm", "create-tabel:locks"),
        ("apply", "--confirm", "create-tabel"),
    ],
    ids=" ".join,
)
def test_a_step_that_cannot_exist_is_named_with_the_nearest_one(
    in_fleet: CommandLine, arguments: tuple[str, ...]
) -> None:
    refused = in_fleet(*arguments)
    assert (refused.status, refused.output) == (2, "")
    assert f"no step is called `{arguments[-1]}`" in refused.errors
    assert "did you mean `create-table:…`?" in refused.errors


def test_a_chosen_backend_is_reported_alone(in_fleet: CommandLine) -> None:
    shown = in_fleet("audit", "--backend", "cptwn-terraform-state-ezra")
    assert shown.status == 0
    assert "usest1" not in shown.output
    assert shown.output.splitlines()[-1].startswith("1 of 2 backends, ")


def test_a_verdict_is_the_same_whichever_rule_is_reported(in_fleet: CommandLine) -> None:
    shown = in_fleet("audit", "--only", "lock-table-pitr-off")
    verdicts = [line.rpartition("  ")[2] for line in shown.output.splitlines()[1:3]]
    assert verdicts == ["GOOD", "NEEDS FIX"]


def test_a_page_that_does_not_exist_is_named_with_the_nearest_one(cli: CommandLine) -> None:
    refused = cli("explain", "plan-stal")
    assert (refused.status, refused.output) == (2, "")
    assert "did you mean `plan-stale`?" in refused.errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "--format", "yaml"),
        ("audit", "--fail-on", "bad"),
        ("plan", "--format", "markdown"),
        ("prove", "--mode", "none"),
        ("prove", "--contenders", "1"),
        ("prove", "--rounds", "0"),
        ("sandbox", "--scenario", "three-regions"),
        ("sandbox", "--account", "12"),
        ("sandbox", "--region", "mars"),
        ("apply", "--account", "dev"),
        ("demo", "now"),
        ("explain", "one", "two"),
    ],
    ids=" ".join,
)
def test_a_value_that_does_not_exist_is_refused(
    cli: CommandLine, arguments: tuple[str, ...]
) -> None:
    refused = cli(*arguments)
    assert (refused.status, refused.output) == (2, "")
    assert arguments[-1] in refused.errors
