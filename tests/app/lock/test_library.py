"""The public names: few, loaded when they are first used, and enough to lock a state."""

import subprocess
import sys
from dataclasses import replace

import pytest

import holdfast
from holdfast import Access, LockHeldError, LockInfo, LockObjectSettings, StateLock, state_lock
from holdfast.core.locks import LockKind
from holdfast.errors import CustomerKeyError
from tests.app.lock.holding import held_texts
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import KEY, Site

CUSTOMER_KEY_TEXT = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def lock(place: Site, *, table: bool = True, reason: str = "", encrypt: bool = False) -> StateLock:
    return state_lock(
        place.bucket,
        KEY,
        table=place.table if table else None,
        region="us-east-1",
        reason=reason,
        access=place.access,
        settings=LockObjectSettings(encrypt=encrypt),
    )


def test_every_public_name_can_be_loaded_and_no_other() -> None:
    assert [name for name in holdfast.__all__ if getattr(holdfast, name) is None] == []
    assert dir(holdfast) == sorted(holdfast.__all__)
    with pytest.raises(AttributeError, match="has no attribute `lock_state`"):
        _ = getattr(holdfast, "lock_state")  # noqa: B009 - a type checker would refuse the name


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys; import holdfast; print([n for n in sys.modules if n.startswith(('boto', 'holdfast.'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_a_state_is_locked_in_both_stores_with_a_reason(server: Site) -> None:
    with lock(server, reason="moving the network") as held:
        info = held.info
        assert isinstance(info, LockInfo)
        assert (info.operation, info.info) == ("holdfast-lock", "moving the network")
        assert info.version == holdfast.__version__
        assert held_texts(server) == dict.fromkeys(LockKind, info.text)
        with pytest.raises(LockHeldError) as refused, lock(server):
            pass
        assert refused.value.identifier == info.identifier
    assert held_texts(server) == {}


def test_without_a_table_the_lock_file_is_all(place: Site) -> None:
    with lock(place, table=False):
        assert set(held_texts(place)) == {LockKind.OBJECT}
    assert held_texts(place) == {}


def test_the_connections_are_closed_at_the_end_and_opened_again(place: Site) -> None:
    again = lock(place)
    for _ in range(2):
        with again:
            assert again.still_held()
    assert held_texts(place) == {}


def test_the_customer_key_of_the_environment_is_sent_and_not_shown(
    faulty: Site, fault_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SSE_CUSTOMER_KEY", CUSTOMER_KEY_TEXT)
    held = lock(faulty, table=False, encrypt=True)
    with held:
        pass
    sent = [key_of(each) for each in fault_proxy.requests() if each.method in {"PUT", "GET"}]
    assert set(sent) == {CUSTOMER_KEY_TEXT}
    assert CUSTOMER_KEY_TEXT not in f"{held!r} {held.parts!r} {vars(held)!r}"
    assert "0123456789abcdef" not in f"{held!r} {held.parts!r} {vars(held)!r}"


def key_of(request: Request) -> str:
    return request.headers.get("x-amz-server-side-encryption-customer-key", "")


def test_a_customer_key_that_is_none_is_a_clear_error(
    place: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SSE_CUSTOMER_KEY", "short")
    with pytest.raises(CustomerKeyError):
        lock(place, encrypt=True)
    assert lock(place, encrypt=False).info is None


def test_an_access_can_be_given_by_its_parts(place: Site) -> None:
    access = replace(Access(), endpoints=place.access.endpoints, path_style=True)
    with state_lock(place.bucket, KEY, region="us-east-1", access=access) as held:
        assert held.still_held()
