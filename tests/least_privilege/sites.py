"""Sites of the proof: a bucket and a table, with a gate in front of them that evaluates policies."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from holdfast.core.backends import Locking
from holdfast.core.permission_scope import BackendScope, StateScope, WorkspaceUse
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.iam_gate import IamGate
from tests.support.real_terraform import Terraform

REGION = "us-east-1"
QUIET = ("-input=false", "-no-color")
ANY_WORKSPACE = WorkspaceUse(any_name=True)


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
            found,
            bucket=self.bucket,
            account=self.account.id,
            states=states,
            tables=(self.table,) if self.mode.locking.uses_table else (),
        )


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
