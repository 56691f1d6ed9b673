"""The arguments of a backend: every one that is needed, none that the engine refuses."""

import pytest

from holdfast.core.backends import Access, Locking
from holdfast.core.engine_ranges import EngineRange
from holdfast.generate.backend_arguments import (
    ArgumentNote,
    ArgumentValue,
    BackendArguments,
    Unfit,
    backend_arguments,
)
from tests.generate.components import ACCOUNT, BACKEND, KEY, backend_with, pinned, required

ROLE = "arn:aws:iam::111111111111:role/terraform"
NAMES: dict[str, ArgumentValue] = {
    "bucket": BACKEND.bucket,
    "key": KEY,
    "region": "eu-west-1",
    "encrypt": True,
}
TABLE: dict[str, ArgumentValue] = {"dynamodb_table": "msdp-terraform-locks-dev"}
GUARD: dict[str, ArgumentValue] = {"allowed_account_ids": (ACCOUNT.account,)}


def made(
    access: Access = Access(),  # noqa: B008 - it is frozen
    *,
    engines: tuple[EngineRange, ...] = (),
    locking: Locking = Locking.DYNAMODB,
    region: str = "eu-west-1",
    kms_key: str | None = None,
) -> BackendArguments:
    backend = backend_with(access, locking=locking, region=region, kms_key=kms_key)
    found = backend_arguments(backend, KEY, engines)
    assert isinstance(found, BackendArguments)
    return found


def test_the_arguments_of_a_backend_with_a_table_stand_in_their_order() -> None:
    found = made()
    assert found == BackendArguments(values={**NAMES, **TABLE, **GUARD})
    assert list(found.values) == [
        "bucket",
        "key",
        "region",
        "encrypt",
        "dynamodb_table",
        "allowed_account_ids",
    ]


@pytest.mark.parametrize(
    ("locking", "arguments"),
    [
        (Locking.NONE, {}),
        (Locking.DYNAMODB, TABLE),
        (Locking.LOCKFILE, {"use_lockfile": True}),
        (Locking.BOTH, {**TABLE, "use_lockfile": True}),
    ],
)
def test_each_locking_has_its_arguments(
    locking: Locking, arguments: dict[str, ArgumentValue]
) -> None:
    assert made(locking=locking).values == {**NAMES, **arguments, **GUARD}


def test_a_key_of_the_backend_encrypts_its_states() -> None:
    key = "arn:aws:kms:eu-west-1:111111111111:key/7d0a3d3c-3a3f-4d5e-8c38-0d4a5a0f8a11"
    assert made(kms_key=key).values == {**NAMES, "kms_key_id": key, **TABLE, **GUARD}


def test_the_account_says_whose_credentials_are_used() -> None:
    access = Access(profile="msdp-dev", role_arn=ROLE, external_id="holdfast-1")
    assert made(access).values == {
        **NAMES,
        **TABLE,
        **GUARD,
        "profile": "msdp-dev",
        "assume_role": {"role_arn": ROLE, "external_id": "holdfast-1"},
    }


@pytest.mark.parametrize(
    ("prefix", "arguments"),
    [
        ("env:", {}),
        ("workspaces", {"workspace_key_prefix": "workspaces"}),
        ("", {"workspace_key_prefix": ""}),
    ],
)
def test_workspaces_stay_where_they_are(prefix: str, arguments: dict[str, ArgumentValue]) -> None:
    found = backend_arguments(BACKEND, KEY, workspace_prefix=prefix)
    assert found == BackendArguments(values={**NAMES, **arguments, **TABLE, **GUARD})


# Engines that are pinned ------------------------------------------------------------------------


def test_an_engine_without_lock_files_keeps_the_table_when_both_lock() -> None:
    found = made(locking=Locking.BOTH, engines=pinned("1.9.8"))
    assert found == BackendArguments(
        values={**NAMES, **TABLE, **GUARD},
        notes=(
            ArgumentNote(
                words="`use_lockfile` is left out for an engine that does not know it; the table alone"
                " locks there",
                reason="terraform 1.9.8 is pinned by .terraform-version:1",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("version", "file", "engine"),
    [
        ("1.9.8", ".terraform-version", "terraform"),
        ("1.9.1", ".opentofu-version", "tofu"),
    ],
)
def test_an_engine_without_lock_files_does_not_fit_when_nothing_else_locks(
    version: str, file: str, engine: str
) -> None:
    backend = backend_with(locking=Locking.LOCKFILE)
    assert backend_arguments(backend, KEY, pinned(version, file=file)) == Unfit(
        reason=f"{engine} {version} is pinned by {file}:1, and does not know `use_lockfile`, the only"
        " lock of backend `dev`",
        hint=f"pin {engine} 1.10.0 or newer, or declare the backend with `locking: both` and a table",
    )


def test_one_old_engine_among_several_is_enough() -> None:
    engines = pinned("1.11.4", "1.9.8")
    assert "use_lockfile" not in made(locking=Locking.BOTH, engines=engines).values
    assert isinstance(
        backend_arguments(backend_with(locking=Locking.LOCKFILE), KEY, engines), Unfit
    )


def test_an_engine_before_1_6_takes_neither_accounts_nor_the_role_as_an_object() -> None:
    access = Access(role_arn=ROLE, external_id="holdfast-1", session_name="state")
    found = made(access, engines=pinned("1.5.7"))
    assert found.values == {
        **NAMES,
        **TABLE,
        "role_arn": ROLE,
        "external_id": "holdfast-1",
        "session_name": "state",
    }
    assert found.notes == (
        ArgumentNote(
            words="`allowed_account_ids` is left out for an engine that does not know it; nothing there"
            " keeps the credentials of another account out",
            reason="terraform 1.5.7 is pinned by .terraform-version:1",
        ),
    )


@pytest.mark.parametrize("version", ["1.6.6", "1.9.8", "1.15.5"])
def test_an_engine_since_1_6_takes_the_role_as_an_object(version: str) -> None:
    found = made(Access(role_arn=ROLE), engines=pinned(version))
    assert found == BackendArguments(
        values={**NAMES, **TABLE, **GUARD, "assume_role": {"role_arn": ROLE}}
    )


def test_two_engines_that_agree_on_no_way_to_name_a_role_do_not_fit() -> None:
    found = backend_arguments(backend_with(Access(role_arn=ROLE)), KEY, pinned("1.5.7", "1.11.4"))
    assert found == Unfit(
        reason="terraform 1.5.7 is pinned by .terraform-version:1, and takes a role as `role_arn` only;"
        " terraform 1.11.4 is pinned by .terraform-version:1, and takes it as `assume_role` only",
        hint="pin one engine, or two of which both are 1.6 or newer",
    )


def test_an_old_engine_and_opentofu_agree_on_the_old_way_to_name_a_role() -> None:
    tofu = pinned("1.10.0", file=".opentofu-version")
    found = made(Access(role_arn=ROLE), engines=(*pinned("1.5.7"), *tofu))
    assert found.values == {**NAMES, **TABLE, "role_arn": ROLE}


@pytest.mark.parametrize(
    ("version", "region", "skipped"),
    [
        ("1.11.4", "mx-central-1", False),
        ("1.9.8", "mx-central-1", True),
        ("1.9.8", "eu-west-1", False),
        ("1.15.5", "eu-south-9", True),
    ],
)
def test_a_region_that_the_engine_does_not_know_is_not_validated(
    version: str, region: str, *, skipped: bool
) -> None:
    found = made(region=region, engines=pinned(version)).values
    assert found.get("skip_region_validation", False) is skipped


@pytest.mark.parametrize(("region", "skipped"), [("eu-west-1", False), ("eu-west-9", True)])
def test_a_region_that_nobody_knows_is_not_validated_where_nothing_pins_the_engine(
    region: str, *, skipped: bool
) -> None:
    found = made(region=region, engines=()).values
    assert found.get("skip_region_validation", False) is skipped


# Constraints ------------------------------------------------------------------------------------


def test_a_constraint_that_admits_old_engines_leaves_nothing_out_and_says_who_refuses_it() -> None:
    found = made(Access(role_arn=ROLE), locking=Locking.BOTH, engines=required(">= 1.4"))
    assert found == BackendArguments(
        values={
            **NAMES,
            **TABLE,
            "use_lockfile": True,
            **GUARD,
            "assume_role": {"role_arn": ROLE},
        },
        notes=tuple(
            ArgumentNote(
                words=f"`{argument}` is refused by terraform before {since}; require {since} or newer",
                reason="terraform 1.4.0 is admitted by app/main.tf:2",
            )
            for argument, since in [
                ("use_lockfile", "1.10.0"),
                ("allowed_account_ids", "1.6.0"),
                ("assume_role", "1.6.0"),
            ]
        ),
    )


def test_a_constraint_that_admits_old_engines_only_is_as_good_as_a_pin() -> None:
    found = made(Access(role_arn=ROLE), locking=Locking.BOTH, engines=required("~> 1.5.0"))
    assert found.values == {**NAMES, **TABLE, "role_arn": ROLE}


def test_without_a_pin_the_engine_is_taken_for_a_new_one() -> None:
    found = made(Access(role_arn=ROLE), locking=Locking.BOTH, region="ap-southeast-6")
    assert found.notes == ()
    assert "skip_region_validation" not in found.values
    assert found.values["assume_role"] == {"role_arn": ROLE}
