"""Applying on the embedded AWS: a member of a fresh account who makes plans and applies them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from holdfast.app.apply import apply_plan
from holdfast.app.observe import observe_backends
from holdfast.aws.connections import Connections
from holdfast.core.apply_events import ApplyEvent, ApplyResult, Approvals
from holdfast.core.backends import Backend
from holdfast.core.baseline import bucket_steps, table_steps
from holdfast.core.cloud import ObservedBackend
from holdfast.core.planning import plan_of
from holdfast.core.plans import Plan
from holdfast.core.steps import Step
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to, backend_of, use_credentials
from tests.support.steps import finding

REGION = "eu-west-1"


def ignore(event: ApplyEvent) -> None:
    """Take no notice."""
    del event


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """One account, and the address through which it is reached."""

    account: FreshAccount
    connections: Connections
    url: str

    def backend(
        self, stem: str = "states", *, account: str | None = "", table: str = "locks"
    ) -> Backend:
        """Return a backend in eu-west-1 that nothing has made yet; its account is the right one."""
        return backend_of(
            bucket=self.account.name(stem),
            table=self.account.name(table),
            region=REGION,
            access=access_to(self.url),
            account=self.account.id if account == "" else account,
        )

    def observe(self, backends: Sequence[Backend]) -> tuple[ObservedBackend, ...]:
        """Ask what there is, through the address of the backends."""
        return observe_backends(backends, connections=self.connections, workers_max=8)

    def plan(self, *backends: Backend, steps: Sequence[Step] = ()) -> Plan:
        """Plan these steps, or the whole baseline, for each backend."""
        return plan_of(
            findings=[
                finding("rule", steps or baseline_of(backend), backend=backend.name)
                for backend in backends
            ],
            observed=self.observe(backends),
            made_at="2026-11-21T08:00:00Z",
            holdfast_version="0.1.0",
        )

    def apply(
        self,
        plan: Plan,
        *,
        approvals: Approvals | None = None,
        on_event: Callable[[ApplyEvent], None] = ignore,
    ) -> ApplyResult:
        """Apply a plan as the command does."""
        return apply_plan(
            plan,
            connections=self.connections,
            observe=self.observe,
            approvals=approvals or Approvals(),
            on_event=on_event,
        )

    def facts(self, backend: Backend) -> ObservedBackend:
        """Return what there is, asked of the server itself and without what it cost."""
        direct = replace(backend, access=access_to(self.account.sandbox.url))
        (found,) = self.observe([direct])
        return replace(found, backend=backend, requests=0)


def baseline_of(backend: Backend) -> tuple[Step, ...]:
    """Return every step that a new backend takes."""
    region = backend.region or ""
    tables = (step for table in backend.tables for step in table_steps(table, region))
    return (*bucket_steps(backend.bucket, region), *tables)


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=3) as opened:
        yield opened


@pytest.fixture
def member(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> FreshAccount:
    """A fresh account whose credentials are those of this process."""
    use_credentials(monkeypatch, account.id)
    return account


@pytest.fixture
def workplace(member: FreshAccount, connections: Connections) -> Workplace:
    """The embedded AWS itself."""
    return Workplace(account=member, connections=connections, url=member.sandbox.url)


@pytest.fixture
def faulty(member: FreshAccount, connections: Connections, fault_proxy: FaultProxy) -> Workplace:
    """The embedded AWS behind the fault proxy."""
    return Workplace(account=member, connections=connections, url=fault_proxy.url)
