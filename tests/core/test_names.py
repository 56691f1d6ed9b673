"""Names of buckets, tables and keys: what the services and engines refuse, or mistake."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.names import (
    bucket_name_cautions,
    bucket_name_problems,
    state_key_problems,
    state_key_traps,
    table_name_problems,
)


@pytest.mark.parametrize(
    "name", ["abc", "a" * 63, "msdp-terraform-state-dev", "my.bucket", "0-9", "a.-b"]
)
def test_a_bucket_name_that_s3_takes_has_no_problem(name: str) -> None:
    assert bucket_name_problems(name) == ()


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("ab", ("has 2 characters, not 3 to 63",)),
        ("a" * 64, ("has 64 characters, not 3 to 63",)),
        ("", ("has 0 characters, not 3 to 63",)),
        (
            "UPPER_case",
            ("holds something else than lower-case letters, digits, dots and hyphens",),
        ),
        ("-abc", ("does not begin and end with a letter or digit",)),
        ("abc.", ("does not begin and end with a letter or digit",)),
        ("a..b", ("holds two dots in a row",)),
        ("192.168.5.4", ("looks like an IP address",)),
        ("xn--abc", ("begins with `xn--`, which S3 reserves",)),
        ("sthree-configurator-a", ("begins with `sthree-`, which S3 reserves",)),
        ("amzn-s3-demo-bucket", ("begins with `amzn-s3-demo-`, which S3 reserves",)),
        ("abc-s3alias", ("ends with `-s3alias`, which S3 reserves",)),
        ("abc--ol-s3", ("ends with `--ol-s3`, which S3 reserves",)),
        ("abc.mrap", ("ends with `.mrap`, which S3 reserves",)),
        ("abc--use1-az4--x-s3", ("ends with `--x-s3`, which S3 reserves",)),
        ("abc--table-s3", ("ends with `--table-s3`, which S3 reserves",)),
        (
            "abc-an",
            ("ends with `-an`, which is for buckets of the account-regional namespace",),
        ),
    ],
)
def test_a_bucket_name_that_s3_refuses_is_explained(name: str, problems: tuple[str, ...]) -> None:
    assert bucket_name_problems(name) == problems


def test_an_account_regional_name_ends_with_its_account_and_region() -> None:
    name = "state-111111111111-eu-west-1-an"
    fits = bucket_name_problems(
        name, account_regional=True, account="111111111111", region="eu-west-1"
    )
    other = bucket_name_problems(
        name, account_regional=True, account="222222222222", region="eu-west-1"
    )
    assert fits == ()
    assert other == ("does not end with `-222222222222-eu-west-1-an` after a prefix of its own",)


def test_an_account_regional_name_of_an_unknown_account_has_the_shape_of_one() -> None:
    name = "state-111111111111-us-gov-west-1-an"
    assert bucket_name_problems(name, account_regional=True) == ()
    assert bucket_name_problems("state-an", account_regional=True) == (
        "does not end with `-<account>-<region>-an` after a prefix of its own",
    )


def test_a_dot_in_a_bucket_name_is_a_caution_only() -> None:
    assert bucket_name_cautions("my.bucket") == (
        "holds a dot: its virtual-hosted address does not match the TLS certificate",
    )
    assert bucket_name_cautions("my-bucket") == ()


def test_table_names_follow_the_service_model() -> None:
    assert table_name_problems("Terraform_Locks.v2-dev") == ()
    assert table_name_problems("ab") == ("has 2 characters, not 3 to 255",)
    assert table_name_problems("a" * 256) == ("has 256 characters, not 3 to 255",)
    assert table_name_problems("locks/dev") == (
        "holds something else than letters, digits, underscores, dots and hyphens",
    )


@pytest.mark.parametrize(
    "key",
    [
        "terraform.tfstate",
        "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
        "providers/aws/regions/af-south-1/layers/03.5-observability/production/terraform.tfstate",
        "env/dev/x",
        "a" * 1017,
    ],
)
def test_an_ordinary_key_has_no_problem(key: str) -> None:
    assert state_key_problems(key) == ()


@pytest.mark.parametrize(
    ("key", "traps"),
    [
        ("/a", ("begins with `/`, which Terraform refuses",)),
        ("a/", ("ends with `/`, which Terraform refuses",)),
        (
            "a//b",
            ("holds `//`, which Terraform refuses and OpenTofu cleans in workspace paths",),
        ),
        (
            "../a",
            ("has the segment `..`, which the engines resolve in workspace paths and S3 does not",),
        ),
        (
            "a/./b",
            ("has the segment `.`, which the engines resolve in workspace paths and S3 does not",),
        ),
        ("env:/dev/a", ("begins with `env:/`, where the states of workspaces are",)),
        ("a.tflock", ("ends with `.tflock` as lock files do",)),
        ("a-md5", ("ends with `-md5` as the digest items of the lock table do",)),
        ("a/*/b", ("holds `*`, which policies and shells read as a pattern",)),
        ("a/${b}", ("holds `${`, which policies and shells read as a pattern",)),
        ("a\x07b", ("holds control characters",)),
        ("é" * 509, ("has 1018 bytes, and 1017 leave room for `.tflock`",)),
    ],
)
def test_a_key_that_is_taken_for_something_else_is_explained(
    key: str, traps: tuple[str, ...]
) -> None:
    assert state_key_traps(key) == traps


def test_a_workspace_prefix_of_its_own_moves_the_trap() -> None:
    assert state_key_traps("env:/dev/a", workspace_prefix="ws") == ()
    assert state_key_traps("ws/dev/a", workspace_prefix="ws") == (
        "begins with `ws/`, where the states of workspaces are",
    )
    assert state_key_traps("a", workspace_prefix="") == ()


def test_a_key_leaves_room_for_the_workspace_that_is_named() -> None:
    key = "a" * 1010
    assert state_key_traps(key, workspace="d") == ()
    assert state_key_traps(key, workspace="dev") == (
        "has 1019 bytes in workspace `dev`, and 1017 leave room for `.tflock`",
    )


def test_a_new_key_keeps_to_characters_that_are_safe_everywhere() -> None:
    assert state_key_problems("a b/ü") == (
        "holds characters that are not safe everywhere: ` `, `ü`",
    )
    assert state_key_problems("a/${b}") == (
        "holds `${`, which policies and shells read as a pattern",
        "holds characters that are not safe everywhere: `}`",
    )
    assert state_key_problems("soap") == ("is `soap`, which S3 reserves",)
    assert state_key_problems("") == ("is empty",)


@given(st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=200))
def test_a_key_of_plain_characters_is_refused_only_for_its_end(key: str) -> None:
    expected = key.endswith("-md5") or key == "soap"
    assert (state_key_problems(key) != ()) == expected


@given(st.text(max_size=80))
def test_whatever_traps_an_old_key_is_a_problem_of_a_new_one(key: str) -> None:
    assert set(state_key_traps(key)) <= set(state_key_problems(key))
