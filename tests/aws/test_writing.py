"""Look first, write once, read back; and for how long."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from holdfast.aws.errors import AwsError
from holdfast.aws.writing import Change, Patience, Setting, ensure, known, pauses, sent
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.errors import (
    CredentialsError,
    EndpointUnreachableError,
    HoldfastError,
    NotVerifiedError,
    PermissionMissingError,
    ServiceError,
)

BUSY = Patience(codes=frozenset({"Busy"}), seconds=30)
LOST = ConnectionClosedError(endpoint_url="https://s3.example.test/bucket")


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "PutIt")


class Store:
    """A setting in memory; each write either takes or raises what stands next in `errors`."""

    def __init__(self, value: str, *errors: AwsError, acts: bool = True) -> None:
        self.value = value
        self.errors = list(errors)
        self.acts = acts
        self.calls: list[str] = []

    def read(self) -> Fact[str]:
        self.calls.append("read")
        return Known(self.value)

    def write(self, before: str) -> None:
        self.calls.append(f"write over {before}")
        if self.acts:
            self.value = "on"
        if self.errors:
            raise self.errors.pop(0)

    def setting(self, read: Callable[[], Fact[str]] | None = None) -> Setting[str]:
        return Setting(
            subject="the switch of bucket `x`",
            resource="bucket `x`",
            permission="s3:PutIt",
            read=read or self.read,
            fulfilled=lambda value: value == "on",
            write=self.write,
            wanted="on",
            words=lambda value: value,
            patience=BUSY,
            settle_seconds=0,
        )


def test_what_is_there_is_not_written() -> None:
    store = Store("on")
    assert ensure(store.setting()) is Change.ALREADY_THERE
    assert store.calls == ["read"]


def test_what_is_not_there_is_written_once_and_read_back() -> None:
    store = Store("off")
    assert ensure(store.setting()) is Change.WRITTEN
    assert store.calls == ["read", "write over off", "read"]


def test_a_write_that_does_not_show_is_not_verified() -> None:
    store = Store("off", acts=False)
    with pytest.raises(NotVerifiedError) as caught:
        ensure(store.setting())
    assert caught.value.headline == "the switch of bucket `x` is not as it was written"
    assert caught.value.facts == (("written", "on"), ("read back", "off"))


def test_what_cannot_be_read_is_not_written() -> None:
    store = Store("off")
    denied = Withheld(reason=Reason.PERMISSION, permission="s3:GetIt", detail="AccessDenied: no")
    with pytest.raises(PermissionMissingError) as caught:
        ensure(store.setting(lambda: denied))
    assert caught.value.headline == "AWS does not allow `s3:GetIt` on bucket `x`"
    assert store.calls == []


def test_a_refused_write_is_raised_and_not_repeated() -> None:
    store = Store("off", refusal("AccessDenied"), acts=False)
    with pytest.raises(PermissionMissingError):
        ensure(store.setting())
    assert store.calls == ["read", "write over off"]


def test_a_lost_answer_is_looked_into() -> None:
    acted, unheard = Store("off", LOST), Store("off", LOST, acts=False)
    assert ensure(acted.setting()) is Change.WRITTEN
    with pytest.raises(EndpointUnreachableError):
        ensure(unheard.setting())


def test_what_is_busy_is_read_and_written_again() -> None:
    store = Store("off", refusal("Busy"), refusal("Busy"), acts=False)
    found = iter(["off", "theirs", "somebody else's", "on"])

    def read() -> Fact[str]:
        store.calls.append("read")
        return Known(next(found))

    assert ensure(store.setting(read)) is Change.WRITTEN
    assert store.calls == [
        *("read", "write over off"),
        *("read", "write over theirs"),
        *("read", "write over somebody else's"),
        "read",
    ]


def test_what_came_about_while_it_was_busy_is_not_written_again() -> None:
    store = Store("off", refusal("Busy"))
    assert ensure(store.setting()) is Change.WRITTEN
    assert store.calls == ["read", "write over off", "read", "read"]


def test_a_lost_answer_of_a_whole_document_is_looked_into_before_it_is_sent_again() -> None:
    store = Store("off", LOST, LOST, acts=False)
    with pytest.raises(EndpointUnreachableError):
        ensure(replace(store.setting(), replaces_whole=True))
    assert store.calls == [*("read", "write over off", "read") * 2]


def test_patience_ends() -> None:
    store = Store("off", *[refusal("Busy")] * 9)
    short = Patience(codes=BUSY.codes, seconds=0)
    with pytest.raises(ServiceError):
        sent(lambda: store.write("off"), permission="s3:PutIt", resource="x", patience=short)
    assert store.calls == ["write over off"]


def test_a_fact_that_comes_later_is_waited_for() -> None:
    coming = Withheld(reason=Reason.ERROR, detail="Busy: not yet")
    facts: list[Fact[str]] = [coming, coming, Known("here")]
    assert known(lambda: facts.pop(0), resource="x", patience=BUSY) == "here"


@pytest.mark.parametrize(
    ("withheld", "kind"),
    [
        (Withheld(reason=Reason.CREDENTIALS, detail="ExpiredToken"), CredentialsError),
        (
            Withheld(reason=Reason.UNREACHABLE, detail="https://s3.example.test: closed"),
            EndpointUnreachableError,
        ),
        (Withheld(reason=Reason.THROTTLED, detail="SlowDown"), ServiceError),
        (Withheld(reason=Reason.ERROR, detail="Odd: Busy"), ServiceError),
    ],
    ids=lambda value: value.reason.value if isinstance(value, Withheld) else "",
)
def test_a_withheld_fact_is_an_error_to_who_needs_it(
    withheld: Withheld, kind: type[HoldfastError]
) -> None:
    with pytest.raises(kind):
        known(lambda: withheld, resource="bucket `x`", patience=BUSY)


def test_pauses_begin_at_once_and_end_when_the_time_is_over() -> None:
    assert list(pauses(0)) == [0.0]
    passed = list(pauses(0.35))
    assert passed[0] == 0.0
    assert all(earlier < later for earlier, later in pairwise(passed))
    assert passed[-2] < 0.35 <= passed[-1]
