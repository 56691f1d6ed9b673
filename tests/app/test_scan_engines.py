import json
from pathlib import Path

import pytest

from holdfast.core.engines import Engine, EngineName, Version
from holdfast.core.repository import CachedBackend, LocalState
from tests.hcl.trees import scanned, the_root

FULL = 'terraform {\n  required_version = "~> 1.9.0"\n  backend "s3" {\n    bucket = "b"\n    key = "k"\n  }\n}\n'
STATE = {
    "version": 4,
    "terraform_version": "1.9.8",
    "serial": 7,
    "lineage": "4e9d2f6c",
    "outputs": {"password": {"value": "hunter2", "type": "string"}},
    "resources": [{"type": "a"}, {"type": "b"}],
}


def cache(**config: object) -> str:
    document = {
        "version": 3,
        "terraform_version": "1.11.4",
        "backend": {"type": "s3", "config": config, "hash": 1},
    }
    return json.dumps(document)


def test_what_a_directory_is_initialised_against_is_read_without_its_secrets(
    tmp_path: Path,
) -> None:
    config = {
        "bucket": "b",
        "region": None,
        "use_lockfile": True,
        "endpoints": {"s3": "http://x", "tags": ["a"]},
        "access_key": "AKIA",
        "secret_key": "hunter2",
        "token": "t",
        "sse_customer_key": "c",
    }
    files = {
        "app/main.tf": FULL,
        "app/.terraform/terraform.tfstate": cache(**config),
        "app/.terraform/environment": "staging",
    }
    repository = scanned(tmp_path, files)
    assert the_root(repository).cache == CachedBackend(
        path="app/.terraform/terraform.tfstate",
        type="s3",
        config={
            "bucket": "b",
            "region": None,
            "use_lockfile": True,
            "endpoints": {"s3": "http://x", "tags": ("a",)},
        },
        workspace="staging",
        engine_version="1.11.4",
    )
    assert "hunter2" not in repr(repository)


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        ("{", ["not valid JSON: the directory needs `init` again"]),
        ("[" * 100_000, ["not valid JSON: the directory needs `init` again"]),
        ("[]", ["not a backend cache of format version 3: not read"]),
        ('{"version": 4}', ["not a backend cache of format version 3: not read"]),
        ('{"version": 3}', []),
        ('{"version": 3, "backend": []}', []),
    ],
)
def test_a_cache_that_says_nothing_is_none(
    tmp_path: Path, content: str, messages: list[str]
) -> None:
    files = {"main.tf": FULL, ".terraform/terraform.tfstate": content}
    repository = scanned(tmp_path, files)
    assert the_root(repository).cache is None
    assert [problem.message for problem in repository.problems] == messages


def test_local_states_are_known_by_what_identifies_them(tmp_path: Path) -> None:
    files = {
        "app/main.tf": FULL,
        "app/terraform.tfstate": json.dumps(STATE),
        "app/terraform.tfstate.d/dev/terraform.tfstate": json.dumps(STATE | {"resources": []}),
        "app/errored.tfstate": '{"serial": 3, "lineage": "x", "broken',
        "orphan/terraform.tfstate": "",
    }
    app, orphan = scanned(tmp_path, files).roots
    assert app.local_states == (
        LocalState(
            path="app/errored.tfstate", serial=3, lineage="x", resources=None, size_bytes=37
        ),
        LocalState(
            path="app/terraform.tfstate",
            serial=7,
            lineage="4e9d2f6c",
            resources=2,
            size_bytes=len(json.dumps(STATE)),
        ),
        LocalState(
            path="app/terraform.tfstate.d/dev/terraform.tfstate",
            serial=7,
            lineage="4e9d2f6c",
            resources=0,
            size_bytes=len(json.dumps(STATE | {"resources": []})),
        ),
    )
    assert (orphan.path, orphan.has_resources, orphan.blocks) == ("orphan", False, ())
    assert orphan.local_states == (
        LocalState(
            path="orphan/terraform.tfstate", serial=None, lineage="", resources=0, size_bytes=0
        ),
    )


def test_a_state_too_large_to_be_read_is_known_by_its_head(tmp_path: Path) -> None:
    head = '{"version": 4, "serial": 12, "lineage": "big", "outputs": {"x": "'
    path = tmp_path / "terraform.tfstate"
    with path.open("wb") as file:
        file.write(head.encode())
        file.truncate(65 * 1024 * 1024)
    assert the_root(scanned(tmp_path, {})).local_states == (
        LocalState(
            path="terraform.tfstate",
            serial=12,
            lineage="big",
            resources=None,
            size_bytes=65 * 1024 * 1024,
        ),
    )


def test_the_nearest_version_files_count_up_to_the_scanned_directory(tmp_path: Path) -> None:
    files = {
        ".terraform-version": "1.5.7\n",
        ".tool-versions": "python 3.11\nterraform 1.9.8 # pinned\nopentofu 1.10.0\n",
        "app/.terraform-version": "\n# comment\nlatest:^1.11\n",
        "app/inner/main.tf": FULL,
    }
    root = the_root(scanned(tmp_path, files))
    assert [(pin.engine, pin.statement, str(pin.span), pin.exact) for pin in root.pins] == [
        (
            Engine(EngineName.TOFU, Version(1, 9, 0)),
            "required_version = ~> 1.9.0",
            "app/inner/main.tf:2",
            False,
        ),
        (Engine(EngineName.TERRAFORM), "latest:^1.11", "app/.terraform-version:3", False),
        (Engine(EngineName.TERRAFORM, Version(1, 9, 8)), "1.9.8", ".tool-versions:2", True),
        (Engine(EngineName.TOFU, Version(1, 10, 0)), "1.10.0", ".tool-versions:3", True),
    ]


@pytest.mark.parametrize(
    ("name", "statement", "engine", "exact"),
    [
        ("main.tf", ">= 1.5, < 2.0", Engine(EngineName.TERRAFORM, Version(1, 5)), False),
        ("main.tf", "= 1.6.6", Engine(EngineName.TERRAFORM, Version(1, 6, 6)), True),
        ("main.tf", "1.6.6", Engine(EngineName.TERRAFORM, Version(1, 6, 6)), True),
        ("main.tf", "< 2.0", Engine(EngineName.TERRAFORM), False),
        ("main.tofu", ">= 1.8", Engine(EngineName.TOFU, Version(1, 8)), False),
    ],
)
def test_required_version_says_which_engines_may_come(
    tmp_path: Path, name: str, statement: str, engine: Engine, exact: bool
) -> None:
    files = {
        "backend.tf": 'terraform { backend "s3" {} }',
        name: f'terraform {{\n  required_version = "{statement}"\n}}\n',
    }
    (pin,) = the_root(scanned(tmp_path, files)).pins
    assert (pin.engine, pin.statement, pin.exact) == (
        engine,
        f"required_version = {statement}",
        exact,
    )
