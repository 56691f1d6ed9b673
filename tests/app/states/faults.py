"""What tests of failing writes share: which requests are writes, and a run in which one of them fails."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from holdfast.errors import HoldfastError
from tests.support.cloud_writes import WRITES, is_write
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Action, DropAfter, DropBefore, Rule, access_denied

FAULTS = pytest.mark.parametrize(
    "action_of",
    [access_denied, lambda _: DropBefore(), lambda _: DropAfter()],
    ids=["denied", "unheard", "unanswered"],
)
ActionOf = Callable[[str], Action]


def writes_of(proxy: FaultProxy, act: Callable[[], object]) -> list[str]:
    """Return the operations of all writes of a run that nothing disturbs."""
    proxy.forget()
    act()
    return [each.operation for each in proxy.requests() if each.operation in WRITES]


def disturbed(proxy: FaultProxy, act: Callable[[], object], action: Action, *, skip: int) -> None:
    """Run something with one write that fails; it may raise our errors and nothing else."""
    proxy.add(Rule(action=action, when=is_write, skip=skip, times=1))
    with suppress(HoldfastError):
        act()
    proxy.allow_all()
