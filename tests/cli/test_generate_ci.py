"""`holdfast generate ci` as it is typed, in the fleet whose components share one table."""

from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import AKS, AKS_ROOT, declare, pin, tree_of
from tests.support.ci_schemas import Schema, schema_mistakes
from tests.support.source_tree import ROOT

PACKAGE = ("--package", "holdfast>=0.1,<0.2")
WORKFLOWS = ".github/workflows"
NAMES = ("azure-network-dev", AKS, "azure-addons-dev")


def refused(cli: CommandLine, repository: Path, *arguments: str) -> str:
    """Return what is said of a command line that is refused and leaves everything as it was."""
    before = tree_of(repository)
    found = cli("generate", "ci", *PACKAGE, *arguments)
    assert (found.status, found.output) == (2, "")
    assert tree_of(repository) == before
    return found.errors


def test_every_component_gets_a_workflow_that_the_schema_accepts(
    cli: CommandLine, declared_repository: Path
) -> None:
    done = cli("generate", "ci", *PACKAGE, "--system", "github", "--write")
    paths = [f"{WORKFLOWS}/terraform-{name}.yml" for name in NAMES]
    assert (done.status, done.output) == (0, "")
    assert done.errors == (
        "".join(f"written: {path}\n" for path in paths)
        + "3 of 3 files written, 0 up to date before\n"
    )
    files = [declared_repository / path for path in paths]
    assert schema_mistakes(Schema.GITHUB_WORKFLOW, *files) == ""
    groups = [yaml.safe_load(file.read_text())["jobs"]["apply"]["concurrency"] for file in files]
    bucket = "tfstate/msdp-terraform-state-dev"
    assert groups == [
        {"group": f"{bucket}/{key}/terraform.tfstate", "cancel-in-progress": False}
        for key in ("azure/network/dev", "azure/aks/dev/aks-msdp-dev-01", "azure/addons/dev")
    ]


@pytest.mark.usefixtures("declared_repository")
def test_the_how_to_shows_the_job_of_this_fleet(cli: CommandLine) -> None:
    how_to = (ROOT / "docs/how-to/run-terraform-in-ci.md").read_text(encoding="utf-8")
    _, _, rest = how_to.partition("\n  apply:\n")
    job = rest.partition("\n```")[0]
    assert (
        f"\n  apply:\n{job}\n" in cli("generate", "ci", *PACKAGE, "--system", "github", AKS).output
    )


@pytest.mark.parametrize(
    ("system", "folder"),
    [("github", ".github/workflows"), ("gitlab", ".gitlab/ci"), ("azure", ".azure/pipelines")],
)
def test_what_is_written_is_up_to_date_until_the_declaration_changes(
    cli: CommandLine, declared_repository: Path, system: str, folder: str
) -> None:
    command = ("generate", "ci", *PACKAGE, "--system", system)
    assert cli(*command, "--check").status == 4
    assert cli(*command, "--write").status == 0
    assert len(list((declared_repository / folder).iterdir())) == 3
    assert cli(*command, "--check").status == 0
    declare(declared_repository, "eu-west-1", "eu-west-2")
    changed = cli(*command, "--check")
    assert changed.status == 4
    assert "eu-west-2" in changed.output


def test_one_component_is_named_by_its_root(cli: CommandLine, declared_repository: Path) -> None:
    found = cli("generate", "ci", *PACKAGE, "--system", "gitlab", AKS_ROOT)
    assert (found.status, found.errors) == (0, "")
    assert set(yaml.safe_load(found.output)) == {
        f"terraform-{AKS}-{job}" for job in ("audit", "plan", "apply")
    }
    assert not (declared_repository / ".gitlab").exists()


@pytest.mark.usefixtures("declared_repository")
def test_the_hooks_of_pre_commit_are_for_the_whole_repository(cli: CommandLine) -> None:
    found = cli("generate", "ci", *PACKAGE, "--system", "pre-commit")
    (repository,) = yaml.safe_load(found.output)["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == ["holdfast-audit", "holdfast-generated"]


def test_a_configuration_by_hand_is_not_replaced(
    cli: CommandLine, declared_repository: Path
) -> None:
    (declared_repository / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    before = tree_of(declared_repository)
    found = cli("generate", "ci", *PACKAGE, "--system", "pre-commit", "--write")
    assert (found.status, found.output) == (1, "")
    assert ".pre-commit-config.yaml  written by hand\n" in found.errors
    assert tree_of(declared_repository) == before


@pytest.mark.usefixtures("declared_repository")
def test_a_pattern_for_roles_is_filled_in_for_each_component(cli: CommandLine) -> None:
    roles = (
        *("--plan-role", "arn:aws:iam::{account_id}:role/{component}-plan"),
        *("--apply-role", "arn:aws:iam::{account_id}:role/{component}-apply"),
    )
    found = cli("generate", "ci", *PACKAGE, "--system", "github", *roles, AKS)
    jobs = yaml.safe_load(found.output)["jobs"]
    assert [
        step["with"]["role-to-assume"]
        for name in ("plan", "apply")
        for step in jobs[name]["steps"]
        if "role-to-assume" in step.get("with", {})
    ] == ["arn:aws:iam::111111111111:role/aks-plan", "arn:aws:iam::111111111111:role/aks-apply"]


def test_the_engine_is_the_one_that_is_pinned(cli: CommandLine, declared_repository: Path) -> None:
    command = ("generate", "ci", *PACKAGE, "--system", "github", AKS)
    pin(declared_repository, "1.9.8")
    assert 'terraform_version: "1.9.8"' in cli(*command).output
    (declared_repository / ".terraform-version").unlink()
    main = declared_repository / AKS_ROOT / "main.tf"
    text = main.read_text(encoding="utf-8")
    main.write_text(text.replace('">= 1.4"', '"~> 1.8.2"'), encoding="utf-8")
    assert 'terraform_version: "1.8.2"' in cli(*command).output
    (declared_repository / ".opentofu-version").write_text("1.11.1\n", encoding="utf-8")
    assert 'tofu_version: "1.11.1"' in cli(*command).output
    wished = cli(*command, "--engine", "terraform", "--engine-version", "1.8.4").output
    assert 'terraform_version: "1.8.4"' in wished


def test_a_backend_block_needs_no_argument(cli: CommandLine, declared_repository: Path) -> None:
    declare(declared_repository, "file: backend.hcl", "file: backend.tf")
    assert (
        "- terraform init -input=false\n"
        in cli("generate", "ci", *PACKAGE, "--system", "gitlab", AKS).output
    )


def test_a_profile_that_no_runner_has_is_taken_off(
    cli: CommandLine, declared_repository: Path
) -> None:
    declare(declared_repository, 'id: "111111111111"', 'id: "111111111111", profile: msdp-dev')
    found = cli("generate", "ci", *PACKAGE, "--system", "gitlab", AKS)
    line = "terraform init -input=false -backend-config=backend.hcl -backend-config=profile=\n"
    assert f"- {line}" in found.output


def test_components_in_one_root_have_their_own_files(
    cli: CommandLine, declared_repository: Path
) -> None:
    one = "{platform: azure, component: aks, environment: dev, instance: aks-msdp-dev-01}"
    declare(declared_repository, one, f"{one}\n  - {one.replace('-01', '-02')}")
    found = cli("generate", "ci", *PACKAGE, "--system", "gitlab", AKS)
    assert f"-backend-config={AKS}.backend.hcl\n" in found.output


def test_a_component_without_code_has_no_pipeline(
    cli: CommandLine, declared_repository: Path
) -> None:
    (declared_repository / AKS_ROOT / "main.tf").unlink()
    found = cli("generate", "ci", *PACKAGE, "--system", "github", "--write")
    assert found.status == 0
    assert f"note: component `{AKS}` has no root; no pipeline\n" in found.errors
    assert len(list((declared_repository / WORKFLOWS).iterdir())) == 2
    assert refused(cli, declared_repository, "--system", "github", AKS) == (
        f"note: component `{AKS}` has no root; no pipeline\n"
        "error[usage]: no component of `holdfast.yaml` has a root to run in\n"
        "nothing was written\n\n"
        "hint: say where roots are with `layout.roots`\n"
    )


# What does not fit ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "missing option '--system'"),
        (("--system", "jenkins"), "'jenkins' is not one of"),
        (("--system", "github", "azure-netwerk-dev"), "`azure-network-dev`"),
        (("--system", "pre-commit", AKS), "name no component"),
        (("--system", "github", "--branch", "a b"), "`--branch a b` cannot stand in a pipeline"),
        (("--system", "github", "--branch", "${{ x }}"), "cannot stand in a pipeline"),
        (("--system", "github", "--watch", "a'b"), "`--watch a'b` cannot stand in a pipeline"),
        (("--system", "github", "--engine-version", "latest"), "cannot stand in a pipeline"),
        (("--system", "github", "--plan-role", "x"), "gives `x`, which is not the ARN of a role"),
        (("--system", "github", "--plan-role", "{"), "is not a pattern: `{` is not closed"),
        (("--system", "github", "--plan-role", "{x}"), "gives no role: `x` has no value"),
        (("--system", "github", "--check", "--write"), "exclude each other"),
    ],
)
def test_what_makes_no_pipeline_is_refused(
    cli: CommandLine, declared_repository: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(cli, declared_repository, *arguments)


def test_a_file_that_init_cannot_take_is_refused(
    cli: CommandLine, declared_repository: Path
) -> None:
    declare(declared_repository, "file: backend.hcl", "file: terragrunt.hcl")
    said = refused(cli, declared_repository, "--system", "github")
    assert "`layout.file` is `terragrunt.hcl`, and `init` takes no such file" in said


def test_a_directory_that_a_system_would_read_as_an_expression_is_refused(
    cli: CommandLine, declared_repository: Path
) -> None:
    layout = '"infrastructure/{platform}/{component}/{environment}"'
    declare(
        declared_repository,
        layout,
        f'{layout}, "odd/$(touch x)/{{component}}/{{platform}}/{{environment}}"',
    )
    root = declared_repository / "odd/$(touch x)/dns/azure/dev"
    root.mkdir(parents=True)
    (root / "main.tf").write_text('terraform {\n  backend "s3" {}\n}\n', encoding="utf-8")
    said = refused(cli, declared_repository, "--system", "github", "--write")
    assert "`odd/$(touch x)/dns/azure/dev` cannot stand in a pipeline" in said


def test_without_a_declaration_there_are_no_components(cli: CommandLine, tmp_path: Path) -> None:
    cli.environment.chdir(tmp_path)
    assert "error[declaration-missing]" in refused(cli, tmp_path, "--system", "github")
