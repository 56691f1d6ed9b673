"""A root off every pattern, declared with its key and its path: generated, found, allowed and adopted as any other."""

import json
from pathlib import Path

import pytest

from holdfast.core.declaration import DECLARATION_NAME
from tests.app.adoption import ACCOUNT, write_roots
from tests.cli.conftest import CommandLine

OLD_ROOT = "legacy/old"
OLD_KEY = "old-states/Old.tfstate"
OLD = f"components:\n  - component: old\n    environment: dev\n    key: {OLD_KEY}\n    root: {OLD_ROOT}\n"
OFFLINE = ("init", "--offline", "--account", ACCOUNT)
COVERED = f"`{DECLARATION_NAME}` covers every backend, lock table and root of the code\n"


@pytest.fixture
def adopted(tmp_path: Path, cli: CommandLine) -> Path:
    """A declaration that `init` wrote for three roots, of which one has a key of its own."""
    cli.environment.chdir(tmp_path)
    roots: dict[str, dict[str, object]] = {
        f"live/{part}/dev": {"key": f"{part}/dev/terraform.tfstate"} for part in ("net", "db")
    }
    roots[OLD_ROOT] = {"key": OLD_KEY}
    settings = {"bucket": "states", "use_lockfile": True, "allowed_account_ids": [ACCOUNT]}
    write_roots(tmp_path, {path: {**own, **settings} for path, own in roots.items()})
    found = cli(*OFFLINE)
    assert found.status == 0
    assert f"did not fit:\n  {OLD_ROOT}\n" in found.output
    return tmp_path


def declare_old(directory: Path) -> None:
    """List the old root as `init` was not able to."""
    path = directory / DECLARATION_NAME
    lines = [each for each in path.read_text("utf-8").splitlines() if OLD_ROOT not in each]
    kept = [each for each in lines if "except" not in each and "# " not in each]
    path.write_text("\n".join(kept) + "\n" + OLD, encoding="utf-8")


def test_its_backend_is_the_one_that_it_has(cli: CommandLine, adopted: Path) -> None:
    declare_old(adopted)
    found = cli("generate", "backend", "old-dev", "--format", "json")
    assert found.status == 0, found.errors
    assert (found.errors, json.loads(found.output)["arguments"]) == (
        "",
        {
            "bucket": "states",
            "key": OLD_KEY,
            "region": "eu-west-1",
            "encrypt": True,
            "use_lockfile": True,
            "allowed_account_ids": [ACCOUNT],
        },
    )
    by_fields = ("--set", "component=old", "--set", "environment=dev", "--format", "json")
    assert cli("generate", "backend", *by_fields).output == found.output
    assert cli("generate", "backend", OLD_ROOT, "--format", "json").output == found.output
    (adopted / OLD_ROOT / "backend.tf").unlink()
    assert cli("generate", "backend", OLD_ROOT, "--write", "--format", "tf").status == 0
    assert f'key                 = "{OLD_KEY}"' in (adopted / OLD_ROOT / "backend.tf").read_text(
        "utf-8"
    )


def test_its_permissions_are_for_its_key(cli: CommandLine, adopted: Path) -> None:
    declare_old(adopted)
    found = cli("generate", "iam", "old-dev", "--role", "plan-no-lock")
    assert found.status == 0
    assert f"arn:aws:s3:::states/{OLD_KEY}" in found.output


def test_the_audit_has_nothing_more_to_say_of_it(cli: CommandLine, adopted: Path) -> None:
    before = cli("audit", "--offline").output
    assert "key-off-pattern" in before
    assert "root-undeclared" not in before  # it is under `layout.except`
    declare_old(adopted)
    after = cli("audit", "--offline").output
    assert ("key-off-pattern" in after, "root-undeclared" in after) == (False, False)
    assert cli("init", "--check").output == COVERED


def test_it_is_taken_over_when_the_fleet_is_adopted_again(cli: CommandLine, adopted: Path) -> None:
    declare_old(adopted)
    again = cli(*OFFLINE, "--force")
    assert (again.status, again.output) == (0, "3 roots fit, 0 things did not\n")
    text = (adopted / DECLARATION_NAME).read_text(encoding="utf-8")
    assert f"key: {OLD_KEY}\n" in text
    assert f"root: {OLD_ROOT}\n" in text
    assert "except" not in text
    assert cli("init", "--check").output == COVERED


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (OLD_KEY, "a.tflock", "its key `a.tflock` ends with `.tflock` as lock files do"),
        (OLD_KEY, "net/dev/terraform.tfstate", "has the key `net/dev/terraform.tfstate` of"),
        (OLD_ROOT, "../old", "`../old` is not a path relative to this file"),
    ],
)
def test_a_literal_that_cannot_be_is_refused_with_its_place(
    cli: CommandLine, adopted: Path, old: str, new: str, words: str
) -> None:
    declare_old(adopted)
    path = adopted / DECLARATION_NAME
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    found = cli("generate", "backend")
    assert (found.status, found.output) == (2, "")
    assert words in found.errors


def test_a_pattern_has_no_field_that_is_called_as_a_setting(
    cli: CommandLine, adopted: Path
) -> None:
    path = adopted / DECLARATION_NAME
    text = path.read_text(encoding="utf-8").replace("{component}", "{root}")
    path.write_text(text, encoding="utf-8")
    found = cli("generate", "backend")
    assert found.status == 2
    assert "`naming.key`: `root` is a setting of a component, and no field" in found.errors
