import os
from pathlib import Path

import pytest

from holdfast.app.scan import scan_repository
from holdfast.core.repository import Computed, Place
from holdfast.core.source import SourceSpan
from holdfast.errors import PathNotFoundError
from tests.hcl.trees import scanned, short, the_root, ways, written

FULL = 'terraform {\n  backend "s3" {\n    bucket = "b"\n    key    = "k"\n    region = "eu-west-1"\n  }\n}\n'
FULL_VALUES = {"bucket": "b", "key": "k", "region": "eu-west-1"}
BROKEN = 'terraform {\n  backend "s3" {\n    bucket = = 1\n'


def backend(**values: str) -> str:
    lines = [f'    {name} = "{value}"' for name, value in values.items()]
    return "\n".join(["terraform {", '  backend "s3" {', *lines, "  }", "}", ""])


def test_a_complete_block_is_one_certain_configuration(tmp_path: Path) -> None:
    root = the_root(scanned(tmp_path, {"app/backend.tf": FULL}))
    assert (root.path, root.place, root.span) == (
        "app",
        Place.LIVE,
        SourceSpan("app/backend.tf", 2, 3),
    )
    assert ways(root) == [("", "certain", FULL_VALUES)]
    assert root.configurations[0].attributes[1].span == SourceSpan("app/backend.tf", 4, 5)


def test_the_scanned_directory_can_be_a_root_itself(tmp_path: Path) -> None:
    root = the_root(scanned(tmp_path, {"backend.tf": FULL}))
    assert (root.path, root.span.path) == (".", "backend.tf")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "main.tf.json",
            '{"terraform": {"backend": {"s3": {"bucket": "b", "key": "k", "region": "eu-west-1"}}}}',
        ),
        ("main.tofu", FULL),
        (
            "main.tofu.json",
            '{"terraform": [{"backend": [{"s3": {"bucket": "b", "key": "k", "region": "eu-west-1"}}]}]}',
        ),
    ],
)
def test_every_form_of_a_module_file_is_read(tmp_path: Path, name: str, content: str) -> None:
    assert ways(the_root(scanned(tmp_path, {name: content}))) == [("", "certain", FULL_VALUES)]


def test_an_override_file_replaces_the_backend(tmp_path: Path) -> None:
    files = {
        "z.tf": FULL,
        "a_override.tf": backend(bucket="first", key="k"),
        "override.tf": backend(bucket="last", key="k"),
        "c_override.tf.json": "{}",
    }
    root = the_root(scanned(tmp_path, files))
    assert ways(root) == [("", "certain", {"bucket": "last", "key": "k"})]
    assert len(root.blocks) == 1


def test_a_tofu_file_hides_the_file_of_the_same_name(tmp_path: Path) -> None:
    files = {"main.tf": FULL, "main.tofu": backend(bucket="tofu", key="k")}
    assert ways(the_root(scanned(tmp_path, files))) == [
        ("", "certain", {"bucket": "tofu", "key": "k"})
    ]


def test_two_blocks_in_one_directory_are_both_reported(tmp_path: Path) -> None:
    root = the_root(scanned(tmp_path, {"a.tf": FULL, "b.tf": backend(bucket="c", key="k")}))
    assert [block.span for block in root.blocks] == [
        SourceSpan("a.tf", 2, 3),
        SourceSpan("b.tf", 2, 3),
    ]


def test_other_backends_are_counted_by_name(tmp_path: Path) -> None:
    files = {
        "azure/main.tf": 'terraform { backend "azurerm" {} }',
        "google/main.tf": 'terraform { backend "gcs" { bucket = "b" } }',
        "cloud/main.tf": 'terraform {\n  cloud {\n    organization = "o"\n  }\n}\n',
        "plain/main.tf": 'provider "aws" {}\nresource "aws_sqs_queue" "q" {}\n',
        "examples/http/main.tf": 'terraform { backend "http" {} }',
    }
    assert scanned(tmp_path, files).backend_types() == {
        "azurerm": 1,
        "gcs": 1,
        "cloud": 1,
        "local": 1,
    }


def test_a_module_that_others_call_is_no_root(tmp_path: Path) -> None:
    work = 'provider "aws" {}\nresource "aws_sqs_queue" "q" {}\n'
    files = {
        "live/main.tf": FULL + 'module "queue" {\n  source = "../shared/queue"\n}\n',
        "shared/queue/main.tf": work,
        "modules/other/main.tf": work,
        "variables/main.tf": 'provider "aws" {}\n',
    }
    assert [root.path for root in scanned(tmp_path, files).roots] == ["live"]


def test_expressions_are_shown_and_secrets_are_not(tmp_path: Path) -> None:
    source = """terraform {
  backend "s3" {
    bucket     = var.bucket
    key        = "a/${terraform.workspace}/k"
    access_key = "AKIAIOSFODNN7EXAMPLE"
    secret_key = "wJalrXUtnFEMI"
    assume_role = {
      role_arn = "arn:aws:iam::111111111111:role/r"
    }
    endpoints { s3 = "http://localhost:4566" }
  }
}
"""
    root = the_root(scanned(tmp_path, {"main.tf": source}))
    assert short(root.configurations[0].attributes) == {
        "bucket": Computed("var.bucket"),
        "key": Computed('"a/${terraform.workspace}/k"'),
        "access_key": "(sensitive)",
        "secret_key": "(sensitive)",
        "assume_role": {"role_arn": "arn:aws:iam::111111111111:role/r"},
        "endpoints": {"s3": "http://localhost:4566"},
    }


def test_a_secret_that_is_computed_or_unset_is_shown_as_such(tmp_path: Path) -> None:
    source = (
        'terraform { backend "s3" {\n secret_key = var.secret\n token = null\n access_key = ""\n} }'
    )
    root = the_root(scanned(tmp_path, {"main.tf": source}))
    assert short(root.configurations[0].attributes) == {
        "secret_key": Computed("var.secret"),
        "token": None,
        "access_key": "",
    }


def test_code_that_only_shows_something_is_set_apart(tmp_path: Path) -> None:
    paths = [
        "examples/a",
        "x/testdata/b",
        "test/c",
        "envs/test/d",
        "region/test/e",
        "region/prod/f",
        "docs",
    ]
    repository = scanned(tmp_path / "tests", {f"{path}/main.tf": FULL for path in paths})
    assert {root.path: root.place.value for root in repository.roots} == {
        "examples/a": "example",
        "x/testdata/b": "example",
        "test/c": "example",
        "envs/test/d": "live",
        "region/test/e": "live",
        "region/prod/f": "live",
        "docs": "example",
    }


def test_a_broken_file_is_a_problem_and_the_rest_is_still_reported(tmp_path: Path) -> None:
    files = {
        "bad/main.tf": BROKEN + 'provider "aws" {}\nresource "a" "b" {}\n',
        "good/main.tf": FULL,
    }
    repository = scanned(tmp_path, files)
    assert [root.path for root in repository.roots] == ["good"]
    (problem,) = repository.problems
    assert problem.span.path == "bad/main.tf"
    assert problem.message.startswith("not valid HCL at")


def test_copies_and_products_are_not_read(tmp_path: Path) -> None:
    pruned = [".git", ".terraform/modules/m", ".terragrunt-cache/x", "node_modules/y", ".venv/z"]
    files = {f"app/{path}/main.tf": FULL for path in pruned}
    repository = scanned(
        tmp_path, files | {"app/main.tf": FULL, "app/.hidden.tf": BROKEN, "app/m.tf~": BROKEN}
    )
    assert [root.path for root in repository.roots] == ["app"]
    assert repository.files_read == 1
    assert repository.problems == ()


def test_links_are_followed_to_files_inside_the_tree_only(tmp_path: Path) -> None:
    written(tmp_path, {"outside/secret.tf": FULL, "tree/shared/backend.tf": FULL, "tree/app/": ""})
    tree = tmp_path / "tree"
    (tree / "app" / "backend.tf").symlink_to("../shared/backend.tf")
    (tree / "app" / "outside.tf").symlink_to(tmp_path / "outside" / "secret.tf")
    (tree / "app" / "broken.tf").symlink_to("nowhere.tf")
    (tree / "app" / "loop").symlink_to(tree)
    (tree / "app" / "self.tf").symlink_to("self.tf")
    repository = scan_repository(tree)
    assert [(root.path, len(root.blocks)) for root in repository.roots] == [
        ("app", 1),
        ("shared", 1),
    ]
    assert {each.span.path: each.message for each in repository.problems} == {
        "app/broken.tf": "not read: the link leads to no file",
        "app/outside.tf": "not read: the link leads out of the directory",
        "app/self.tf": "not read: the link leads to no file",
    }


def test_code_that_is_none_is_told(tmp_path: Path) -> None:
    written(tmp_path, {"app/backend.tf": FULL})
    (tmp_path / "app" / "binary.tf").write_bytes(bytes(range(256)))
    os.mkfifo(tmp_path / "app" / "pipe.tf")
    assert {each.span.path: each.message for each in scan_repository(tmp_path).problems} == {
        "app/binary.tf": "not read: it is binary, which no engine takes for code",
        "app/pipe.tf": "not read: not a plain file",
    }


def test_names_that_are_not_text_are_survived(tmp_path: Path) -> None:
    directory = tmp_path / os.fsdecode(b"d\xff\xe9")
    directory.mkdir()
    for name in (b"main\xfe.tf", b"backend.hcl"):
        (directory / os.fsdecode(name)).write_text(FULL)
    root = the_root(scan_repository(tmp_path))
    assert (root.path, root.span.path) == ("d\ufffd\ufffd", "d\ufffd\ufffd/main\ufffd.tf")


def test_a_pipe_with_the_name_of_a_file_does_not_stop_the_scan(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "main.tf")
    assert scanned(tmp_path, {"app/main.tf": FULL}).roots[0].path == "app"


def test_a_huge_file_is_a_problem(tmp_path: Path) -> None:
    huge = FULL + "#" * (8 * 1024 * 1024)
    repository = scanned(tmp_path, {"main.tf": huge})
    assert [str(problem.span) for problem in repository.problems] == ["main.tf"]
    assert repository.problems[0].message == "not read: larger than 8 MiB"


def test_a_directory_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    written(tmp_path, {"a/main.tf": FULL})
    handle = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):  # longer than any path that the system opens
        os.mkdir("d" * 250, dir_fd=handle)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    repository = scan_repository(tmp_path)
    assert [root.path for root in repository.roots] == ["a"]
    assert [problem.message for problem in repository.problems] == [
        "cannot be read: File name too long"
    ]


def test_what_is_nested_too_deeply_is_a_problem(tmp_path: Path) -> None:
    repository = scanned(tmp_path, {"a/" * 70 + "main.tf": FULL, "b/main.tf": FULL})
    assert [root.path for root in repository.roots] == ["b"]
    assert [problem.message for problem in repository.problems] == [
        "what is more than 64 directories deep was not read"
    ]


@pytest.mark.parametrize(
    ("name", "problem"), [("missing", "No such file or directory"), ("file", "Not a directory")]
)
def test_a_path_that_is_no_directory_is_refused(tmp_path: Path, name: str, problem: str) -> None:
    written(tmp_path, {"file": ""})
    with pytest.raises(PathNotFoundError) as caught:
        scan_repository(tmp_path / name)
    assert str(caught.value) == f"`{tmp_path / name}` cannot be read: {problem}"


def test_an_empty_directory_has_nothing(tmp_path: Path) -> None:
    repository = scan_repository(tmp_path)
    assert (repository.roots, repository.problems, repository.directories_walked) == ((), (), 1)
