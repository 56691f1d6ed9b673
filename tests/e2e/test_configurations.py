"""What is claimed about a root is what `terraform init` really uses."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.app.scan import scan_repository
from holdfast.core.repository import Certainty, Configuration, LiteralValue, Root
from tests.support.fixtures import FreshAccount
from tests.support.real_terraform import Terraform, write_terraform_command
from tests.support.worlds import World, running_world

TEXTS = ("bucket", "key", "region", "dynamodb_table", "workspace_key_prefix")
FLAGS = ("use_lockfile", "encrypt")
Settings = Mapping[str, LiteralValue]


def claimed(configuration: Configuration) -> Settings:
    """Return what the scan says; what it does not know is None, as in the engine's own file."""
    texts = {name: configuration.literal(name) for name in TEXTS}
    flags = {
        name: configuration.flag(name) if configuration.attribute(name) is not None else None
        for name in FLAGS
    }
    return {**texts, **flags}


def used(directory: Path) -> Settings:
    """Return what the engine is initialised with, in its own words."""
    text = (directory / ".terraform/terraform.tfstate").read_text(encoding="utf-8")
    config = json.loads(text)["backend"]["config"]
    return {name: config[name] for name in (*TEXTS, *FLAGS)}


def init(engine: Terraform, partial_file: Path | None) -> None:
    given = () if partial_file is None else (f"-backend-config={partial_file}",)
    engine.succeed("init", "-input=false", "-reconfigure", *given)


# The scenarios --------------------------------------------------------------------------------------


def create_what_is_named(world: World, roots: Sequence[Root]) -> None:
    """Create the buckets that are missing: an engine is not initialised without one."""
    seeded = {bucket.name for bucket in world.scenario.buckets}
    for root in roots:
        bucket = root.configurations[0].text("bucket")
        region = root.configurations[0].text("region")
        if bucket is not None and region is not None and bucket not in seeded:
            world.clients.create_bucket(bucket, region=region)


@pytest.mark.parametrize(
    ("name", "count"), [("two-regions", 16), ("shared-table", 4), ("single", 1)]
)
def test_every_root_of_a_scenario_is_initialised_as_claimed(
    name: str, count: int, tmp_path: Path
) -> None:
    with running_world(name, tmp_path / "repository") as world:
        # The setup modules need the AWS provider, which is no matter of backends.
        roots = [
            root for root in scan_repository(world.repository).roots if root.backend_type == "s3"
        ]
        create_what_is_named(world, roots)

        def settings_of(root: Root) -> tuple[Settings, Settings]:
            (configuration,) = root.configurations
            label = configuration.label
            init(world.terraform(root.path), world.repository / label if label else None)
            return claimed(configuration), used(world.repository / root.path)

        with ThreadPoolExecutor(2) as engines:
            pairs = list(engines.map(settings_of, roots))
    assert len(pairs) == count
    assert [says for says, _ in pairs] == [does for _, does in pairs]


# Ways in which people write backends ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Files of a repository with one root, and how its people initialise it.

    `script` is run in the repository with the real engine on the PATH; without it `init` is run in `root`, with
    `partial_file` if there is one. `{bucket}` and `{table}` stand for names of the test's own.
    """

    files: Mapping[str, str]
    root: str = "."
    partial_file: str | None = None
    script: Sequence[str] = ()


def block(inside: str) -> str:
    return f'terraform {{\n  backend "s3" {{\n{inside}\n  }}\n}}\n'


FULL = """\
    bucket         = "{bucket}"
    key            = "network/terraform.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "{table}\""""
FULL_JSON = {
    "bucket": "{bucket}",
    "key": "network/terraform.tfstate",
    "region": "eu-west-1",
    "use_lockfile": True,
}
PARTIAL = 'bucket = "{bucket}"\nkey = "apps/api/terraform.tfstate"\nregion = "eu-west-1"\n'
STYLES = {
    "everything in the block": Style(files={"backend.tf": block(FULL)}),
    "an empty block and backend.hcl": Style(
        files={"main.tf": block(""), "backend.hcl": PARTIAL}, partial_file="backend.hcl"
    ),
    "a key in the block, the rest in a .tfbackend file": Style(
        files={
            "envs/dev/main.tf": block('    key = "from/the/block"'),
            "envs/dev/dev.s3.tfbackend": 'bucket = "{bucket}"\nregion = "eu-west-1"\n',
        },
        root="envs/dev",
        partial_file="envs/dev/dev.s3.tfbackend",
    ),
    "a partial file that wins over the block": Style(
        files={
            "main.tf": block('    key = "from/the/block"\n    encrypt = true'),
            "backend.hcl": PARTIAL,
        },
        partial_file="backend.hcl",
    ),
    "JSON": Style(
        files={"backend.tf.json": json.dumps({"terraform": {"backend": {"s3": FULL_JSON}}})}
    ),
    "an override file": Style(
        files={
            "backend.tf": block(FULL),
            # An override replaces the whole block, so the table is gone as well.
            "backend_override.tf": block(
                '    bucket = "{bucket}"\n    key = "over/ridden"\n    region = "eu-west-1"'
            ),
        }
    ),
    "arguments in a script": Style(
        files={
            "infra/main.tf": block('    encrypt = true\n    region = "eu-west-1"'),
            "deploy.sh": (
                "#!/bin/sh\nset -e\ncd infra\n"
                'terraform init -input=false \\\n  -backend-config="bucket={bucket}" \\\n'
                '  -backend-config="key=by/script" \\\n  -backend-config="dynamodb_table={table}"\n'
            ),
        },
        root="infra",
        script=("sh", "deploy.sh"),
    ),
    "a file in a Makefile, and an argument that wins over it": Style(
        files={
            "infra/main.tf": block(""),
            "infra/backend.hcl": PARTIAL,
            "Makefile": (
                "init:\n\tterraform -chdir=infra init -input=false "
                "-backend-config=backend.hcl -backend-config=key=by/make\n"
            ),
        },
        root="infra",
        script=("make", "--silent", "init"),
    ),
    "a workspace prefix": Style(
        files={"backend.tf": block(f'{FULL}\n    workspace_key_prefix = "workspaces"')}
    ),
    "an empty workspace prefix": Style(
        files={"backend.tf": block(f'{FULL}\n    workspace_key_prefix = ""')}
    ),
    "a lockfile": Style(
        files={
            "backend.tf": block(
                '    bucket = "{bucket}"\n    key = "a"\n    region = "eu-west-1"\n    use_lockfile = true'
            )
        }
    ),
    "both locks, one of them as text": Style(
        files={"backend.tf": block(f'{FULL}\n    use_lockfile = "true"')}
    ),
    "no region": Style(files={"backend.tf": block('    bucket = "{bucket}"\n    key = "a"')}),
    "escapes": Style(
        files={
            "backend.tf": block(
                '    bucket = "{bucket}"\n    key = "a/\\u00e9/b$${c}"\n    region = "eu-west-1"'
            )
        }
    ),
    "a comment in every place": Style(
        files={
            "backend.tf": (
                'terraform { # first\n  /* a */ backend /* b */ "s3" { // c\n    bucket = /* d */ "{bucket}"\n'
                '    # key = "not/this"\n    key = "a" # e\n    region = "eu-west-1"\n  }\n}\n'
            )
        }
    ),
}


def fill(text: str, *, bucket: str, table: str) -> str:
    return text.replace("{bucket}", bucket).replace("{table}", table)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_root_is_initialised_as_claimed_however_it_is_written(
    style: Style, account: FreshAccount, tmp_path: Path
) -> None:
    bucket = account.clients.create_bucket(account.name("states"), region="eu-west-1")
    repository = tmp_path / "repository"
    for name, text in style.files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fill(text, bucket=bucket, table=account.name("locks")), encoding="utf-8")
    (root,) = scan_repository(repository).roots
    (configuration,) = root.configurations
    assert (root.path, configuration.certainty) == (style.root, Certainty.CERTAIN)
    engine = account.terraform(repository / style.root, "eu-west-1")
    if style.script:
        run_script(style.script, repository, account, tmp_path)
    else:
        init(engine, repository / style.partial_file if style.partial_file else None)
    assert claimed(configuration) == used(repository / style.root)


def test_each_file_of_one_root_is_a_way_of_its_own(account: FreshAccount, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(block('    region = "eu-west-1"'), encoding="utf-8")
    for name in ("dev", "prod"):
        bucket = account.clients.create_bucket(account.name(f"states-{name}"), region="eu-west-1")
        text = f'bucket = "{bucket}"\nkey = "{name}/terraform.tfstate"\n'
        (tmp_path / f"{name}.tfbackend").write_text(text, encoding="utf-8")
    (root,) = scan_repository(tmp_path).roots
    assert [each.label for each in root.configurations] == ["dev.tfbackend", "prod.tfbackend"]
    for configuration in root.configurations:
        init(account.terraform(tmp_path), tmp_path / configuration.label)
        assert claimed(configuration) == used(tmp_path)


def run_script(
    script: Sequence[str], repository: Path, account: FreshAccount, directory: Path
) -> None:
    """Run a repository's own script, with the real engine as the `terraform` of its PATH."""
    command = write_terraform_command(directory)
    environment = account.environment("eu-west-1")
    path = os.pathsep.join((str(command.parent), environment["PATH"]))
    done = subprocess.run(
        list(script),
        cwd=repository,
        env={**environment, "PATH": path, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
