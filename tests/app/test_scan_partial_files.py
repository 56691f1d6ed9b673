from pathlib import Path

import pytest

from holdfast.core.repository import Certainty, Computed, Origin
from holdfast.core.source import SourceSpan
from tests.hcl.trees import scanned, the_root, ways

EMPTY = 'terraform {\n  backend "s3" {}\n}\n'
KEY_ONLY = 'terraform {\n  backend "s3" {\n    key = "k"\n  }\n}\n'
FILE = 'bucket = "b"\nkey = "file-key"\n'
VALUES = {"bucket": "b", "key": "file-key"}


def test_the_only_file_beside_a_partial_block_is_certain(tmp_path: Path) -> None:
    root = the_root(scanned(tmp_path, {"app/main.tf": KEY_ONLY, "app/backend.hcl": FILE}))
    assert ways(root) == [("app/backend.hcl", "certain", {"key": "file-key", "bucket": "b"})]
    bucket = root.configurations[0].attribute("bucket")
    assert bucket is not None
    assert (bucket.origin, bucket.span) == (
        Origin.PARTIAL_FILE,
        SourceSpan("app/backend.hcl", 1, 1),
    )


@pytest.mark.parametrize(
    "name",
    [
        "backend.hcl",
        "prod.tfbackend",
        "config.s3.tfbackend",
        "prod.app.backend",
        "backend.tfvars",
        "prod-backend.tfvars",
        "backend.conf",
        "backends/prod.tfvars",
        "config/prod.tfvars",
        "prod.hcl",
        "backend.tfvars.json",
    ],
)
def test_files_of_backend_arguments_are_known_by_name_and_content(
    tmp_path: Path, name: str
) -> None:
    content = '{"bucket": "b", "key": "file-key"}' if name.endswith(".json") else FILE
    root = the_root(scanned(tmp_path, {"main.tf": EMPTY, name: content}))
    assert ways(root) == [(name, "certain", VALUES)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("prod.tfvars", FILE),
        ("backend.hcl", 'resource_group_name = "g"\nkey = "k"\n'),
        ("backend.hcl", 'remote_state {\n  backend = "s3"\n}\nkey = "k"\n'),
        ("settings.hcl", 'bucket = "b"\nkey = "k"\nteam = "t"\n'),
        ("settings.hcl", 'key = "k"\n'),
        ("prod.tfbackend", ""),
        (".terraform.lock.hcl", FILE),
        ("backend.tfvars", b"\0GITCRYPT\0bucket"),
    ],
)
def test_other_files_are_not_taken_for_it(tmp_path: Path, name: str, content: str | bytes) -> None:
    root = the_root(scanned(tmp_path, {"main.tf": EMPTY, name: content}))
    assert ways(root) == [("", "certain", {})]


def test_a_file_per_environment_is_a_configuration_each(tmp_path: Path) -> None:
    files = {
        "app/main.tf": EMPTY,
        "app/backends/dev.tfbackend": 'bucket = "b"\nkey = "dev"\n',
        "app/backends/prod.tfbackend": 'bucket = "b"\nkey = "prod"\n',
        "app/backends/incomplete.tfbackend": 'bucket = "b"\n',
    }
    assert ways(the_root(scanned(tmp_path, files))) == [
        ("app/backends/dev.tfbackend", "certain", {"bucket": "b", "key": "dev"}),
        ("app/backends/incomplete.tfbackend", "candidate", {"bucket": "b"}),
        ("app/backends/prod.tfbackend", "certain", {"bucket": "b", "key": "prod"}),
    ]


def test_a_file_belongs_to_the_nearest_root_above_it(tmp_path: Path) -> None:
    files = {
        "main.tf": EMPTY,
        "backend.hcl": FILE,
        "inner/main.tf": EMPTY,
        "inner/env/backend.hcl": 'bucket = "inner"\nkey = "k"\n',
    }
    outer, inner = scanned(tmp_path, files).roots
    assert ways(outer) == [("backend.hcl", "certain", VALUES)]
    assert ways(inner) == [("inner/env/backend.hcl", "certain", {"bucket": "inner", "key": "k"})]


def test_a_complete_block_keeps_its_own_configuration(tmp_path: Path) -> None:
    block = 'terraform { backend "s3" {\n bucket = "own"\n key = "k"\n} }'
    files = {"main.tf": block, "dev.tfbackend": 'bucket = "dev"\n'}
    assert ways(the_root(scanned(tmp_path, files))) == [
        ("", "certain", {"bucket": "own", "key": "k"}),
        ("dev.tfbackend", "candidate", {"bucket": "dev", "key": "k"}),
    ]


def test_files_elsewhere_are_candidates_and_the_root_s_name_narrows_them_down(
    tmp_path: Path,
) -> None:
    files = {
        "terraform/services/api/main.tf": EMPTY,
        "terraform/services/web/main.tf": EMPTY,
        "terraform/backends/api-dev.s3.tfbackend": 'bucket = "dev"\nkey = "api"\n',
        "terraform/backends/api-prod.s3.tfbackend": 'bucket = "prod"\nkey = "api"\n',
        "elsewhere/backends/other.tfbackend": 'bucket = "other"\nkey = "api"\n',
    }
    repository = scanned(tmp_path, files)
    assert [
        (root.path, [each.label for each in root.configurations]) for root in repository.roots
    ] == [
        (
            "terraform/services/api",
            [
                "terraform/backends/api-dev.s3.tfbackend",
                "terraform/backends/api-prod.s3.tfbackend",
            ],
        ),
        (
            "terraform/services/web",
            [
                "terraform/backends/api-dev.s3.tfbackend",
                "terraform/backends/api-prod.s3.tfbackend",
            ],
        ),
    ]
    assert {each.certainty for root in repository.roots for each in root.configurations} == {
        Certainty.CANDIDATE
    }
    assert [file.path for file in repository.partial_files] == [
        "elsewhere/backends/other.tfbackend",
        "terraform/backends/api-dev.s3.tfbackend",
        "terraform/backends/api-prod.s3.tfbackend",
    ]


SHARED = {"envs/dev.tfbackend": 'bucket = "dev"\n', "envs/prod.tfbackend": 'bucket = "prod"\n'}
DEV = [("envs/dev.tfbackend", "certain", {"key": "k", "bucket": "dev"})]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Makefile", "init:\n\tcd app && terraform init -backend-config=../envs/dev.tfbackend\n"),
        ("Makefile", "init:\n\tterraform -chdir=app init -backend-config=../envs/dev.tfbackend\n"),
        ("app/Makefile", "init:\n\tterraform init \\\n\t  -backend-config=../envs/dev.tfbackend\n"),
        ("init.sh", 'cd app\nterraform init -backend-config="../envs/dev.tfbackend"\n'),
        (
            "scripts/init.sh",
            "terraform -chdir=../app init -backend-config '../envs/dev.tfbackend'\n",
        ),
        (
            ".github/workflows/ci.yml",
            (
                "jobs:\n  a:\n    steps:\n      - name: init\n        working-directory: app\n"
                "        run: terraform init -backend-config=../envs/dev.tfbackend\n"
                "      - run: echo\n"
            ),
        ),
        (
            ".github/workflows/ci.yml",
            (
                "jobs:\n  a:\n    steps:\n      - run: |\n          cd app\n          tofu init \\\n"
                "            -backend-config=../envs/dev.tfbackend\n"
            ),
        ),
        (
            ".gitlab-ci.yml",
            "plan:\n  script:\n    - cd app\n    - terraform init -backend-config=../envs/dev.tfbackend\n",
        ),
    ],
)
def test_a_pair_that_a_script_names_is_certain(tmp_path: Path, path: str, text: str) -> None:
    files = {"app/main.tf": KEY_ONLY, **SHARED, path: text}
    assert ways(the_root(scanned(tmp_path, files))) == DEV


@pytest.mark.parametrize(
    "text",
    [
        "init:\n\tcd app && terraform init -backend-config=../envs/$(ENV).tfbackend\n",
        "init:\n\tcd $(DIR) && terraform init -backend-config=../envs/dev.tfbackend\n",
        "init:\n\tcd app && terraform init -backend-config=../envs/missing.tfbackend\n",
        "# cd app && terraform init -backend-config=../envs/dev.tfbackend\n",
        "init:\n\tcd elsewhere && terraform init -backend-config=../envs/dev.tfbackend\n",
    ],
    ids=["file by variable", "directory by variable", "no such file", "comment", "no root there"],
)
def test_what_a_script_leaves_open_decides_nothing(tmp_path: Path, text: str) -> None:
    files = {"app/main.tf": KEY_ONLY, **SHARED, "Makefile": text}
    assert [
        (label, certainty) for label, certainty, _ in ways(the_root(scanned(tmp_path, files)))
    ] == [
        ("envs/dev.tfbackend", "candidate"),
        ("envs/prod.tfbackend", "candidate"),
    ]


def test_arguments_of_a_script_are_read_one_by_one(tmp_path: Path) -> None:
    script = """export AWS_REGION=eu-west-1
terraform init \\
  -backend-config="bucket=b" \\
  -backend-config=key="apps/$APP/k" \\
  -backend-config 'use_lockfile=true' -backend-config=secret_key=hunter2
"""
    root = the_root(scanned(tmp_path, {"main.tf": EMPTY, "init.sh": script}))
    assert ways(root) == [
        (
            "init.sh:2",
            "certain",
            {
                "region": "eu-west-1",
                "bucket": "b",
                "key": Computed("apps/$APP/k"),
                "use_lockfile": "true",
                "secret_key": "(sensitive)",
            },
        )
    ]
    origins = {
        each.name: (each.origin, each.span.line) for each in root.configurations[0].attributes
    }
    assert origins["region"] == (Origin.ENVIRONMENT, 1)
    assert origins["bucket"] == (Origin.ARGUMENT, 3)
    assert origins["use_lockfile"] == (Origin.ARGUMENT, 5)


def test_an_expression_of_a_workflow_is_kept_whole(tmp_path: Path) -> None:
    workflow = "      - run: terraform init -backend-config=key=${{ matrix.app }}/k -backend-config=bucket=b\n"
    files = {"main.tf": EMPTY, ".github/workflows/apply.yml": workflow}
    assert ways(the_root(scanned(tmp_path, files))) == [
        (
            ".github/workflows/apply.yml:1",
            "certain",
            {"bucket": "b", "key": Computed("${{ matrix.app }}/k")},
        )
    ]


def test_a_region_in_the_code_wins_over_the_environment(tmp_path: Path) -> None:
    block = 'terraform { backend "s3" {\n region = "us-east-1"\n} }'
    script = "AWS_REGION=eu-west-1 terraform init -backend-config=bucket=b -backend-config=key=k\n"
    root = the_root(scanned(tmp_path, {"main.tf": block, "init.sh": script}))
    assert root.configurations[0].text("region") == "us-east-1"


def test_an_environment_that_is_set_to_two_values_says_nothing(tmp_path: Path) -> None:
    script = (
        "AWS_REGION=eu-west-1 terraform init -backend-config=bucket=a -backend-config=key=k\n"
        "AWS_REGION=$OTHER terraform init -backend-config=bucket=b -backend-config=key=k\n"
    )
    root = the_root(scanned(tmp_path, {"main.tf": EMPTY, "init.sh": script}))
    assert ways(root) == [
        ("init.sh:1", "certain", {"region": "eu-west-1", "bucket": "a", "key": "k"}),
        ("init.sh:2", "certain", {"bucket": "b", "key": "k"}),
    ]


def test_one_pair_named_by_two_scripts_is_one_configuration(tmp_path: Path) -> None:
    line = "terraform init -backend-config=dev.tfbackend\n"
    files = {"main.tf": EMPTY, "dev.tfbackend": FILE, "a.sh": line, "b.sh": line}
    assert ways(the_root(scanned(tmp_path, files))) == [("dev.tfbackend", "certain", VALUES)]


def test_one_file_with_two_keys_is_two_configurations(tmp_path: Path) -> None:
    script = (
        "terraform init -backend-config=b.tfbackend -backend-config=key=one\n"
        "terraform init -backend-config=b.tfbackend -backend-config=key=two\n"
    )
    files = {"main.tf": EMPTY, "b.tfbackend": 'bucket = "b"\nregion = "r"\n', "init.sh": script}
    assert ways(the_root(scanned(tmp_path, files))) == [
        ("b.tfbackend", "certain", {"bucket": "b", "region": "r", "key": "one"}),
        ("b.tfbackend (init.sh:2)", "certain", {"bucket": "b", "region": "r", "key": "two"}),
    ]


def test_two_files_of_one_command_are_one_configuration(tmp_path: Path) -> None:
    files = {
        "main.tf": EMPTY,
        "common.tfbackend": 'bucket = "b"\nregion = "r"\n',
        "dev.tfbackend": 'key = "dev"\n',
        "init.sh": "tofu init -backend-config=common.tfbackend -backend-config=dev.tfbackend\n",
    }
    assert ways(the_root(scanned(tmp_path, files))) == [
        (
            "common.tfbackend + dev.tfbackend",
            "certain",
            {"bucket": "b", "region": "r", "key": "dev"},
        )
    ]
