"""Roots with local states of real Terraform, in a repository whose other roots are in a backend."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.support.real_terraform import Terraform
from tests.support.worlds import World

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
DECLARATION = f"""\
version: 1
organization: cptwn
naming:
  key: "{{component}}/{{environment}}/terraform.tfstate"
accounts:
  ezra: {{id: "111111111111"}}
backends:
  af:
    account: ezra
    region: {AF_SOUTH.name}
    bucket: {AF_SOUTH.bucket}
    lock_table: {AF_SOUTH.table}
    locking: both
environments: {{production: af}}
layout:
  roots: ["apps/{{component}}/{{environment}}"]
  file: LAYOUT_FILE
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRoot:
    """One more root of a world, whose states are local."""

    world: World
    component: str = "network"

    @property
    def path(self) -> str:
        return f"apps/{self.component}/production"

    @property
    def key(self) -> str:
        return f"{self.component}/production/terraform.tfstate"

    @property
    def directory(self) -> Path:
        return self.world.repository / self.path

    @property
    def engine(self) -> Terraform:
        return self.world.terraform(self.path)

    def begin(self, *workspaces: str, main: str = MAIN) -> None:
        """Write the root and apply it, in `default` and in other workspaces."""
        self.directory.mkdir(parents=True)
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
        (self.directory / "backend.tf").write_text(
            "terraform {\n"
            '  backend "s3" {\n'
            f'    bucket         = "{AF_SOUTH.bucket}"\n'
            f'    key            = "{self.key}"\n'
            f'    region         = "{AF_SOUTH.name}"\n'
            "    encrypt        = true\n"
            f'    dynamodb_table = "{AF_SOUTH.table}"\n'
            "  }\n"
            "}\n",
            encoding="utf-8",
        )

    def declare(self, layout_file: str) -> None:
        """Declare the root as a component, with the file that its backend has."""
        text = DECLARATION.replace("LAYOUT_FILE", layout_file)
        (self.world.repository / "holdfast.yaml").write_text(text, encoding="utf-8")

    def migrate(self, *arguments: str) -> tuple[str, ...]:
        return ("migrate", "local", self.path, "--auto-approve", *arguments)

    def pulled(self) -> dict[str, object]:
        state: dict[str, object] = json.loads(self.engine.succeed("state", "pull").output)
        return state

    # A look without the code under test ---------------------------------------------------------

    def files(self) -> Mapping[str, bytes]:
        """Return every file of the root that is no cache of the engine."""
        return {
            path.relative_to(self.directory).as_posix(): path.read_bytes()
            for path in sorted(self.directory.rglob("*"))
            if path.is_file() and ".terraform" not in path.parts
        }

    def objects(self) -> Mapping[str, bytes]:
        """Return the objects of the root in the bucket."""
        s3 = self.world.clients.s3(AF_SOUTH.name)
        listed = s3.list_objects_v2(Bucket=AF_SOUTH.bucket).get("Contents", [])
        return {
            each["Key"]: s3.get_object(Bucket=AF_SOUTH.bucket, Key=each["Key"])["Body"].read()
            for each in listed
            if self.key in each["Key"]
        }

    def items(self) -> Mapping[str, str]:
        """Return the digests and the locks of the root in the table."""
        answer = self.world.clients.dynamodb(AF_SOUTH.name).scan(TableName=AF_SOUTH.table)
        prefix = f"{AF_SOUTH.bucket}/"
        return {
            each["LockID"]["S"].removeprefix(prefix): (each.get("Digest") or each["Info"])["S"]
            for each in answer["Items"]
            if self.key in each["LockID"]["S"]
        }


def md5_of(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
