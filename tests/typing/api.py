"""How a Python program uses Holdfast. Nothing runs it: mypy checks that it fits the public names."""

from typing import assert_type

from holdfast import (
    Access,
    Endpoints,
    HalfLockError,
    HoldfastError,
    LockHeldError,
    LockInfo,
    LockLostError,
    LockObjectSettings,
    StateLock,
    UnreadableLock,
    __version__,
    read_lock,
    state_lock,
)


def lock_a_state() -> str:
    with state_lock(
        "acme-states",
        "network/terraform.tfstate",
        table="acme-locks",
        region="eu-west-1",
        reason="moving the network",
        timeout_seconds=60,
    ) as lock:
        assert_type(lock, StateLock)
        assert_type(lock.info, LockInfo | None)
        assert_type(lock.still_held(), bool)
        return lock.info.identifier if lock.info is not None else ""


def lock_behind_a_role() -> None:
    access = Access(
        role_arn="arn:aws:iam::111111111111:role/state",
        endpoints=Endpoints(s3="https://s3.example.com"),
        path_style=True,
    )
    settings = LockObjectSettings(encrypt=True, kms_key="alias/states")
    lock = state_lock(
        "acme-states", "key", access=access, account="111111111111", settings=settings
    )
    assert_type(lock.acquire(timeout_seconds=5), LockInfo)
    lock.release()


def handle_errors() -> tuple[str, int]:
    try:
        return lock_a_state(), 0
    except LockHeldError as held:
        assert_type(held.who, str)
        return held.identifier, held.exit_code
    except (HalfLockError, LockLostError) as error:
        return error.identifier, error.exit_code
    except HoldfastError as error:
        assert_type(error.facts, tuple[tuple[str, str], ...])
        return error.headline, error.exit_code


def read_what_somebody_wrote(body: bytes) -> str:
    match read_lock(body):
        case LockInfo() as info:
            return info.who
        case UnreadableLock() as unreadable:
            return unreadable.problem


assert_type(__version__, str)
