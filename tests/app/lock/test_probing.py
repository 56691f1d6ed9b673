"""Stores that accept conditions and ignore them: no lock is held in them without its being said."""

from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.facts import Known
from holdfast.errors import ConditionsIgnoredError
from tests.app.lock.holding import MODES, held_texts, lock_of
from tests.support.clients import Clients
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter, Rule, WithoutHeader
from tests.support.fixtures import FreshAccount
from tests.support.ignoring_store import ACCESS_KEY, SECRET_KEY, rclone_store
from tests.support.locking import KEY, Site, site


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_a_store_that_keeps_its_conditions_is_trusted(server: Site, mode: Locking) -> None:
    with lock_of(server, mode, verify_conditions=True) as lock:
        assert lock.still_held()
    assert held_texts(server) == {}


def test_a_store_that_ignores_the_condition_of_a_write_is_found_out(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=WithoutHeader(name="if-none-match"), operation="s3:PutObject"))
    with pytest.raises(ConditionsIgnoredError) as ignored:
        lock_of(faulty, verify_conditions=True).acquire()
    assert ignored.value.facts == (
        ("ignored", "PutObject with `If-None-Match: *` replaces what is there"),
    )
    assert faulty.is_empty()


def test_a_store_that_ignores_the_condition_of_a_delete_is_found_out(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=WithoutHeader(name="if-match"), operation="s3:DeleteObject"))
    with pytest.raises(ConditionsIgnoredError) as ignored:
        lock_of(faulty, verify_conditions=True).acquire()
    assert ignored.value.facts == (
        ("ignored", "DeleteObject with another `If-Match` removes what is there"),
    )
    assert faulty.is_empty()


def test_a_real_store_that_ignores_conditions_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, member: FreshAccount, connections: Connections
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    with rclone_store(tmp_path) as url:
        Clients(url=url, access_key=ACCESS_KEY, secret_key=SECRET_KEY).create_bucket("states")
        place = replace(site(member, connections), url=url, bucket="states")
        with pytest.raises(ConditionsIgnoredError):
            lock_of(place, Locking.LOCKFILE, verify_conditions=True).acquire()
        assert place.objects().read(KEY) == Known(None)


@pytest.mark.parametrize("operation", ["s3:PutObject", "s3:DeleteObject", "s3:GetObject"])
def test_an_answer_that_is_lost_proves_nothing_against_a_store(
    faulty: Site, fault_proxy: FaultProxy, operation: str
) -> None:
    fault_proxy.add(Rule(action=DropAfter(), operation=operation, skip=1, times=1))
    with lock_of(faulty, verify_conditions=True) as lock:
        assert lock.still_held()
    assert faulty.is_empty()
