"""Roots with local states of real Terraform, in a repository whose other roots are in a backend."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.support.real_terraform import Terraform
from tests.support.worlds import World

ROOT = "network"
KEY = "network/terraform.tfstate"
APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
PLAN = ("plan", "-input=false", "-no-color", "-detailed-exitcode")
NOTHING_TO_DO = 0
MAIN = """\
terraform {
  required_version = ">= 1.6"
}

resource "terraform_data" "network" {
  input = terraform.workspace
}
"""
S3_BLOCK = f"""\
terraform {{
  backend "s3" {{
    bucket         = "{AF_SOUTH.bucket}"
    key            = "{KEY}"
    region         = "{AF_SOUTH.name}"
    encrypt        = true
    dynamodb_table = "{AF_SOUTH.table}"
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalWorld:
    """A world with one more root, whose states are local."""

    world: World

    @property
    def directory(self) -> Path:
        return self.world.repository / ROOT

    @property
    def engine(self) -> Terraform:
        return self.world.terraform(ROOT)

    def begin(self, *workspaces: str, main: str = MAIN) -> None:
        """Write the root and apply it, in `default` and in other workspaces."""
        self.directory.mkdir()
        (self.directory / "main.tf").write_text(main, encoding="utf-8")
        self.engine.succeed("init", "-input=false")
        self.engine.succeed(*APPLY)
        for workspace in workspaces:
            self.engine.succeed("workspace", "new", workspace)
            self.engine.succeed(*APPLY)
        if workspaces:
            self.engine.succeed("workspace", "select", "default")

    def name_backend(self) -> None:
        """Let the code name the backend, as somebody does who then reads what `init` asks."""
        (self.directory / "backend.tf").write_text(S3_BLOCK, encoding="utf-8")

    def migrate(self, *arguments: str) -> tuple[str, ...]:
        return ("migrate", "local", ROOT, "--auto-approve", *arguments)

    def pulled(self) -> dict[str, object]:
        state: dict[str, object] = json.loads(self.engine.succeed("state", "pull").output)
        return state

    # A look without the code under test ---------------------------------------------------------

    def local_files(self) -> Mapping[str, bytes]:
        """Return every file of the root that is no code and no cache of the engine."""
        return {
            path.relative_to(self.directory).as_posix(): path.read_bytes()
            for path in sorted(self.directory.rglob("*"))
            if path.is_file()
            and ".terraform" not in path.parts
            and path.suffix not in {".tf", ".hcl"}
        }

    def objects(self) -> Mapping[str, bytes]:
        """Return the objects of the root in the bucket."""
        s3 = self.world.clients.s3(AF_SOUTH.name)
        listed = s3.list_objects_v2(Bucket=AF_SOUTH.bucket).get("Contents", [])
        return {
            each["Key"]: s3.get_object(Bucket=AF_SOUTH.bucket, Key=each["Key"])["Body"].read()
            for each in listed
            if KEY in each["Key"]
        }

    def items(self) -> Mapping[str, str]:
        """Return the digests and the locks of the root in the table."""
        answer = self.world.clients.dynamodb(AF_SOUTH.name).scan(TableName=AF_SOUTH.table)
        prefix = f"{AF_SOUTH.bucket}/"
        return {
            each["LockID"]["S"].removeprefix(prefix): (each.get("Digest") or each["Info"])["S"]
            for each in answer["Items"]
            if KEY in each["LockID"]["S"]
        }
