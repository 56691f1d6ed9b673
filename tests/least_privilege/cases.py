"""Cases of the proof: a root of Terraform on a state of its own, prepared by an administrator without any engine.

Each case has its own key, so that nothing that failed in one is in the way of another. A root is initialised once for each site; the
others are copies of it, whose cached configuration names another key.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.least_privilege.sites import REGION, Site
from tests.support.real_terraform import Finished, Terraform
from tests.support.worlds import run_holdfast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

LOCK_ID = "11111111-2222-3333-4444-555555555555"
WORKSPACE = "dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One root of Terraform, its state, and what an administrator sees of both."""

    site: Site
    key: str

    @property
    def directory(self) -> Path:
        """The root's directory."""
        return self.site.directory / self.key.partition("/")[0]

    @property
    def workspace_key(self) -> str:
        """The key of the state of the workspace that is made and deleted."""
        return f"env:/{WORKSPACE}/{self.key}"

    def run(self, *arguments: str) -> Finished:
        """Run Terraform as the role."""
        return self._terraform(self.site.proxy.url).run(*arguments)

    def holdfast(self, *arguments: str, as_administrator: bool = False) -> Finished:
        """Run Holdfast as the role."""
        through = None if as_administrator else self.site.proxy.url
        environment = self.site.account.environment(REGION, through=through)
        home = {"XDG_STATE_HOME": str(self.site.directory / "journal")}
        return run_holdfast(
            *arguments, directory=self.directory, environment={**environment, **home}
        )

    def _terraform(self, through: str | None) -> Terraform:
        return Terraform(self.directory, self.site.account.environment(REGION, through=through))

    # By an administrator --------------------------------------------------------------------------

    def prepare(self) -> None:
        """Copy the root, and put a state where it expects one."""
        shutil.copytree(self.site.template, self.directory)
        cache = self.directory / ".terraform" / "terraform.tfstate"
        document = json.loads(cache.read_text(encoding="utf-8"))
        document["backend"]["config"] |= self.site.settings(self.key)
        cache.write_text(json.dumps(document), encoding="utf-8")
        self.put_state(self.key, serial=1)

    def write_backend(self) -> None:
        """Put the backend into the code itself, so that Holdfast can edit it."""
        settings = self.site.settings(self.key).items()
        lines = "\n".join(f"    {name} = {json.dumps(value)}" for name, value in settings)
        code = f'terraform {{\n  backend "s3" {{\n{lines}\n  }}\n}}\n'
        (self.directory / "main.tf").write_text(code, encoding="utf-8")
        self.uninitialised()

    def uninitialised(self) -> None:
        """Take away what `init` has made."""
        shutil.rmtree(self.directory / ".terraform")

    def without_state(self) -> None:
        """Take the state away, as before the very first run."""
        self.delete_object(self.key)
        self._forget_digest(self.key)

    def delete_object(self, key: str) -> None:
        """Delete an object behind the back of everybody."""
        self._s3.delete_object(Bucket=self.site.bucket, Key=key)

    def in_workspace(self) -> None:
        """Make the workspace, with a state of its own, and select it."""
        self.put_state(self.workspace_key, serial=1)
        (self.directory / ".terraform" / "environment").write_text(WORKSPACE, encoding="utf-8")

    def beside_workspace(self) -> None:
        """Make the workspace without selecting it."""
        self.put_state(self.workspace_key, serial=1)

    def change_code(self) -> None:
        """Change the code so that an apply writes the state."""
        (self.directory / "more.tf").write_text('output "more" {\n  value = 2\n}\n', "utf-8")

    def swap_state(self, key: str) -> None:
        """Replace a state by another one behind the back of the digest."""
        self._put_object(key, state_body(serial=7))

    def put_state(self, key: str, *, serial: int) -> None:
        """Write a state, with its digest where there is a table."""
        body = state_body(serial=serial)
        self._put_object(key, body)
        if self.site.mode.locking.uses_table:
            digest = hashlib.md5(body).hexdigest()  # noqa: S324 - what the engines compare
            item = {"LockID": {"S": f"{self.site.bucket}/{key}-md5"}, "Digest": {"S": digest}}
            self._dynamodb.put_item(TableName=self.site.table, Item=item)

    def plant_lock(self, key: str, *, lockfile: bool, item: bool) -> None:
        """Lock a state as an engine does that has died since."""
        path = f"{self.site.bucket}/{key}"
        info = json.dumps(
            {
                "ID": LOCK_ID,
                "Operation": "OperationTypeApply",
                "Info": "",
                "Who": "ann@laptop",
                "Version": "1.15.5",
                "Created": "2026-11-20T15:25:33.599739994Z",
                "Path": path,
            },
            separators=(",", ":"),
        )
        if lockfile:
            self._put_object(f"{key}.tflock", info.encode())
        if item:
            found = {"LockID": {"S": path}, "Info": {"S": info}}
            self._dynamodb.put_item(TableName=self.site.table, Item=found)

    @property
    def locks(self) -> list[str]:
        """The locks of the state, in any workspace, by the names that the stores have for them."""
        found = self._s3.list_objects_v2(Bucket=self.site.bucket)
        objects = [each["Key"] for each in found.get("Contents", [])]
        names = (*objects, *self._items())
        return [
            each
            for each in names
            if each.endswith((self.key, f"{self.key}.tflock"))
            and each not in {self.key, self.workspace_key}
        ]

    @property
    def has_workspace(self) -> bool:
        """Whether the workspace's state, or its digest, is there."""
        found = self._s3.list_objects_v2(Bucket=self.site.bucket, Prefix=self.workspace_key)
        digest = f"{self.site.bucket}/{self.workspace_key}-md5"
        return bool(found.get("Contents")) or digest in self._items()

    def traces(self, key: str) -> list[str]:
        """What there is of a state: its object, its lock file, its lock item and its digest."""
        found = self._s3.list_objects_v2(Bucket=self.site.bucket, Prefix=key).get("Contents", [])
        objects = {each["Key"] for each in found} & {key, f"{key}.tflock"}
        path = f"{self.site.bucket}/{key}"
        return sorted((*objects, *({path, f"{path}-md5"} & set(self._items()))))

    def serial(self, key: str) -> int:
        """The serial of a state."""
        return int(json.loads(self._body(key))["serial"])

    def digest_fits(self, key: str) -> bool:
        """Whether the digest is that of the state, or there is no table that has one."""
        if not self.site.mode.locking.uses_table:
            return True
        body = self._body(key)
        identifier = {"LockID": {"S": f"{self.site.bucket}/{key}-md5"}}
        found = self._dynamodb.get_item(TableName=self.site.table, Key=identifier)
        expected = hashlib.md5(body).hexdigest()  # noqa: S324 - what the engines compare
        return found.get("Item", {}).get("Digest") == {"S": expected}

    def _body(self, key: str) -> bytes:
        return self._s3.get_object(Bucket=self.site.bucket, Key=key)["Body"].read()

    def _items(self) -> list[str]:
        return [
            each["LockID"]["S"] for each in self._dynamodb.scan(TableName=self.site.table)["Items"]
        ]

    def _forget_digest(self, key: str) -> None:
        identifier = {"LockID": {"S": f"{self.site.bucket}/{key}-md5"}}
        self._dynamodb.delete_item(TableName=self.site.table, Key=identifier)

    def _put_object(self, key: str, body: bytes) -> None:
        if self.site.mode.encrypted:
            self._s3.put_object(
                Bucket=self.site.bucket,
                Key=key,
                Body=body,
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self.site.kms_key,
            )
        else:
            self._s3.put_object(Bucket=self.site.bucket, Key=key, Body=body)

    @property
    def _s3(self) -> "S3Client":
        return self.site.account.clients.s3()

    @property
    def _dynamodb(self) -> "DynamoDBClient":
        return self.site.account.clients.dynamodb()


def new_case(site: Site) -> Case:
    """Return a new root whose state is there already."""
    site.numbers.append(len(site.numbers))
    case = Case(site=site, key=f"case-{len(site.numbers)}/terraform.tfstate")
    case.prepare()
    return case


def state_body(*, serial: int) -> bytes:
    """Return a small state, as Terraform writes it."""
    return json.dumps(
        {
            "version": 4,
            "terraform_version": "1.15.5",
            "serial": serial,
            "lineage": "6f1c9d8e-1b3a-4e43-9d55-0a3f1f6b7c21",
            "outputs": {"one": {"value": serial, "type": "number"}},
            "resources": [],
            "check_results": None,
        }
    ).encode()
