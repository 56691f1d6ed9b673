"""The faults that a race runs among: each strikes every so many requests, so every run has its share of each."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Action, Delay, DropAfter, DropBefore, Refuse, Rule

WRITES = ("s3:PutObject", "s3:DeleteObject", "dynamodb:PutItem", "dynamodb:DeleteItem")
READS = ("s3:GetObject", "dynamodb:GetItem")
S3_WRITES, ITEM_WRITES = WRITES[:2], WRITES[2:]
DELAY_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What befalls one of `every` requests of some operations."""

    name: str
    operations: tuple[str, ...]
    action: Action
    every: int


def refusal(code: str, status: int) -> Refuse:
    return Refuse(code=code, status=status)


# The periods have no common factor, so that the faults meet in every combination.
FAULTS = (
    Fault(name="answer lost", operations=WRITES, action=DropAfter(), every=7),
    Fault(name="request lost", operations=WRITES, action=DropBefore(), every=11),
    Fault(name="read lost", operations=READS, action=DropAfter(), every=13),
    Fault(
        name="delayed",
        operations=WRITES,
        action=Delay(before_seconds=DELAY_SECONDS, after_seconds=DELAY_SECONDS),
        every=17,
    ),
    Fault(
        name="409",
        operations=S3_WRITES,
        action=refusal("ConditionalRequestConflict", 409),
        every=19,
    ),
    Fault(
        name="409",
        operations=ITEM_WRITES,
        action=refusal("TransactionConflictException", 400),
        every=19,
    ),
    # Said while the lock may be free: whoever looks afterwards finds nothing.
    Fault(
        name="412, then gone",
        operations=S3_WRITES,
        action=refusal("PreconditionFailed", 412),
        every=23,
    ),
    Fault(
        name="412, then gone",
        operations=ITEM_WRITES,
        action=refusal("ConditionalCheckFailedException", 400),
        every=23,
    ),
    Fault(name="500", operations=S3_WRITES, action=refusal("InternalError", 500), every=29),
    Fault(name="500", operations=ITEM_WRITES, action=refusal("InternalServerError", 500), every=29),
    Fault(name="503", operations=S3_WRITES, action=refusal("SlowDown", 503), every=31),
    Fault(name="503", operations=ITEM_WRITES, action=refusal("ServiceUnavailable", 503), every=31),
)


class Strikes:
    """The faults at work in one proxy, and how often each has struck."""

    def __init__(self, proxy: FaultProxy) -> None:
        self._numbers = [0] * len(FAULTS)
        self._struck = [0] * len(FAULTS)
        self._due: int | None = None
        # One look per request: the first rule finds out which fault is due, the others ask it.
        proxy.add(Rule(action=DropBefore(), when=self._look))
        for index, fault in enumerate(FAULTS):
            proxy.add(Rule(action=fault.action, when=self._is_due(index)))

    @property
    def counts(self) -> dict[str, int]:
        """How often each fault has struck."""
        counts = dict.fromkeys((fault.name for fault in FAULTS), 0)
        for fault, struck in zip(FAULTS, self._struck, strict=True):
            counts[fault.name] += struck
        return counts

    def _look(self, request: Request) -> bool:
        """Note which fault befalls the request; the proxy asks under its lock."""
        operation = request.operation
        self._due = None
        for index, fault in enumerate(FAULTS):
            if operation not in fault.operations:
                continue
            self._numbers[index] += 1
            if self._due is None and self._numbers[index] % fault.every == 0:
                self._due = index
                self._struck[index] += 1
        return False

    def _is_due(self, index: int) -> Callable[[Request], bool]:
        return lambda _: self._due == index
