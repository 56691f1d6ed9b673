"""Cases of the proof: a root of Terraform on a state of its own, prepared by an administrator without any engine.

Each case has its own key, so that nothing that failed in one is in the way of another. A root is initialised once for each mode; the
others are copies of it, whose cached configuration names another key.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from holdfast.core.backends import Locking
from holdfast.core.permission_scope import BackendScope, StateScope, WorkspaceUse
from holdfast.generate.iam_grants import LISTED_PREFIX, Grant, GrantCondition, Role
from holdfast.generate.iam_policies import IamPolicy, policies_for
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.iam_gate import IamGate
from tests.support.real_terraform import Finished, Terraform
from tests.support.worlds import run_holdfast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

REGION = "us-east-1"
QUIET = ("-input=false", "-no-color")
ANY_WORKSPACE = WorkspaceUse(any_name=True)
LOCK_ID = "11111111-2222-3333-4444-555555555555"
WORKSPACE = "dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How the roots of a site are locked, and whether their objects are encrypted with a KMS key."""

    locking: Locking
    encrypted: bool = False

    def __str__(self) -> str:
        """Name the mode in the table."""
        return f"{self.locking.value}, KMS" if self.encrypted else self.locking.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A bucket and a table, a gate in front of them, and a root that is initialised on them."""

    account: FreshAccount
    mode: Mode
    bucket: str
    table: str
    proxy: FaultProxy
    gate: IamGate
    directory: Path
    numbers: list[int] = field(default_factory=list)

    @property
    def template(self) -> Path:
        """The root that the others are copied from."""
        return self.directory / "template"

    @property
    def kms_key(self) -> str:
        """The key that the code names."""
        name = "11111111-1111-4111-8111-111111111111"
        return f"arn:aws:kms:{REGION}:{self.account.id}:key/{name}"

    def settings(self, key: str) -> Mapping[str, object]:
        """Return the arguments of the backend for a state."""
        locking = self.mode.locking
        table: Mapping[str, object] = {"dynamodb_table": self.table} if locking.uses_table else {}
        lockfile: Mapping[str, object] = {"use_lockfile": True} if locking.uses_lockfile else {}
        kms: Mapping[str, object] = {"kms_key_id": self.kms_key} if self.mode.encrypted else {}
        return {
            "bucket": self.bucket,
            "key": key,
            "region": REGION,
            "encrypt": True,
            **table,
            **lockfile,
            **kms,
        }

    def scope(self, key: str, *, workspaces: WorkspaceUse = ANY_WORKSPACE) -> BackendScope:
        """Return what permissions for one state are about."""
        found = scope_of(self.mode, key, workspaces=workspaces)
        states = tuple(
            replace(
                each,
                table=self.table if each.table else None,
                kms_keys=(self.kms_key,) if each.kms_keys else (),
            )
            for each in found.states
        )
        return replace(
            found, bucket=self.bucket, account=self.account.id, states=states, tables=(self.table,)
        )

    def case(self) -> "Case":
        """Return a new root whose state is there already."""
        self.numbers.append(len(self.numbers))
        case = Case(site=self, key=f"case-{len(self.numbers)}/terraform.tfstate")
        case.prepare()
        return case


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

    def holdfast(self, *arguments: str) -> Finished:
        """Run Holdfast as the role."""
        environment = self.site.account.environment(REGION, through=self.site.proxy.url)
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

    def uninitialised(self) -> None:
        """Take away what `init` has made."""
        shutil.rmtree(self.directory / ".terraform")

    def without_state(self) -> None:
        """Take the state away, as before the very first run."""
        self._s3.delete_object(Bucket=self.site.bucket, Key=self.key)
        self._forget_digest(self.key)

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


@contextmanager
def site(account: FreshAccount, mode: Mode, directory: Path) -> Iterator[Site]:
    """Make the bucket, the table and the template, with a proxy in front that refuses nothing yet."""
    bucket = account.clients.create_bucket(account.name("states"), versioning=True)
    table = account.clients.create_lock_table(account.name("locks"))
    with FaultProxy(account.sandbox.url) as proxy:
        gate = IamGate(clients=account.clients)
        made = Site(
            account=account,
            mode=mode,
            bucket=bucket,
            table=table,
            proxy=proxy,
            gate=gate,
            directory=directory,
        )
        made.template.mkdir(parents=True)
        code = 'terraform {\n  backend "s3" {}\n}\n\noutput "one" {\n  value = 1\n}\n'
        (made.template / "main.tf").write_text(code, encoding="utf-8")
        terraform = Terraform(made.template, account.environment(REGION))
        terraform.succeed(
            "init", *QUIET, *backend_arguments(made.settings("template/terraform.tfstate"))
        )
        gate.put_in_front(proxy)
        yield made


def backend_arguments(settings: Mapping[str, object]) -> list[str]:
    """Return the arguments that give `init` its settings."""
    return [
        f"-backend-config={name}={'true' if value is True else value}"
        for name, value in settings.items()
    ]


def scope_of(mode: Mode, key: str, *, workspaces: WorkspaceUse = ANY_WORKSPACE) -> BackendScope:
    """Return what permissions for one state of a mode are about, on a site that is nowhere."""
    state = StateScope(
        key=key,
        table="locks" if mode.locking.uses_table else None,
        lockfile=mode.locking.uses_lockfile,
        kms_keys=("key",) if mode.encrypted else (),
        workspaces=workspaces,
    )
    return BackendScope(
        name="states", bucket="states", region=REGION, account="111111111111", states=(state,)
    )


# Policies ---------------------------------------------------------------------------------------------


def policy(role: Role, scope: BackendScope) -> IamPolicy:
    """Return the one policy of a role."""
    (found,) = policies_for(role, [scope])
    return found


@dataclass(frozen=True, slots=True)
class Removal:
    """What is taken out of one statement of a policy: an action, or a prefix that may be listed.

    In a prefix `KEY` stands for the key of the state.
    """

    sid: str
    action: str
    prefix: str = ""

    def __str__(self) -> str:
        """Name it in the table."""
        what = f", prefix `{self.prefix}`" if self.prefix else ""
        return f"`{self.action}` of {self.sid}{what}"


def removals(policy: IamPolicy) -> tuple[Removal, ...]:
    """Return everything that can be taken out of a policy for the state `KEY`."""
    actions = [Removal(grant.sid, action) for grant in policy.grants for action in grant.actions]
    prefixes = [
        Removal(grant.sid, grant.actions[0], prefix)
        for grant in policy.grants
        for condition in grant.conditions
        if condition.key == LISTED_PREFIX and len(condition.values) > 1
        for prefix in condition.values
    ]
    return (*actions, *prefixes)


def without(policy: IamPolicy, removal: Removal, key: str) -> IamPolicy:
    """Return the policy for the state of a key without what is taken out."""
    grants: list[Grant] = []
    for grant in policy.grants:
        if grant.sid != removal.sid:
            grants.append(grant)
        elif removal.prefix:
            prefix = removal.prefix.replace("KEY", key)
            conditions = tuple(_less(each, prefix) for each in grant.conditions)
            assert conditions != grant.conditions
            grants.append(replace(grant, conditions=conditions))
        else:
            actions = tuple(each for each in grant.actions if each != removal.action)
            assert actions != grant.actions
            grants += [replace(grant, actions=actions)] if actions else []
    return IamPolicy(name=policy.name, grants=tuple(grants))


def _less(condition: GrantCondition, value: str) -> GrantCondition:
    return replace(condition, values=tuple(each for each in condition.values if each != value))


def documents(*policies: IamPolicy) -> Sequence[Mapping[str, object]]:
    """Return the policies as IAM has them."""
    return [each.document for each in policies]
