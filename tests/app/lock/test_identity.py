"""Who takes a lock: the user and the host of this process, as the engines write them."""

import os
import pwd
import socket

import pytest

from holdfast.app.lock_identity import identity_of_process


def test_a_lock_carries_the_user_and_the_host() -> None:
    identity = identity_of_process("1.2.3")
    user = pwd.getpwuid(os.getuid()).pw_name
    assert (identity.who, identity.version) == (f"{user}@{socket.gethostname()}", "1.2.3")


def test_a_user_without_a_name_is_left_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2_000_000_123)
    assert identity_of_process("1.2.3").who == f"@{socket.gethostname()}"


def test_no_two_locks_share_an_id() -> None:
    identity = identity_of_process("1.2.3")
    signed = [identity.sign(operation="test", info="", path="b/k").identifier for _ in range(100)]
    assert len(set(signed)) == 100
