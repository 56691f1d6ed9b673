"""We break the lock of a running apply: both stores let go of exactly what was read, and the engine notices at its end."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conformance.roots import EngineRoot, holdfast, locks_of
from tests.conformance.table import Direction
from tests.support.locking import KEY
from tests.support.real_terraform import Finished

DIRECTION = Direction.WE_BREAK


def test_we_break_the_lock_of_an_engine_which_writes_its_state_and_then_fails(
    root: EngineRoot, tmp_path: Path, see: Callable[[str], None]
) -> None:
    journal = tmp_path / "journal.jsonl"
    with root.terraform.held_apply() as apply:
        locks = locks_of(root.place)
        (holder,) = {lock.holder for lock in locks.values() if lock.holder}
        broken = holdfast(
            root,
            *("locks", "break", KEY),
            *("--lock-id", holder.identifier),
            *("--journal", str(journal)),
        )
        left = locks_of(root.place)
        ended = apply.release()

    assert broken.status == 0, broken.errors
    assert tuple(locks) == root.kinds
    assert left == {}
    # What was removed can be put back by hand.
    assert journal.read_text(encoding="utf-8").count(holder.identifier) >= len(locks)
    # No version looks at its lock again before it writes the state.
    assert written_resources(root) == ["holding"]
    assert ended.status == 1
    assert "Error releasing the state lock" in ended.errors
    # A broken lock leaves nothing behind: the next run is an ordinary one.
    assert (root.run("plan").status, locks_of(root.place)) == (0, {})
    see(f"broken; state written, exit {ended.status}: {reason(ended)}")


def written_resources(root: EngineRoot) -> list[str]:
    found = root.place.account.clients.s3().get_object(Bucket=root.place.bucket, Key=KEY)
    return [resource["name"] for resource in json.load(found["Body"])["resources"]]


def reason(ended: Finished) -> str:
    """Return the words of the engine for a lock that is gone, of those that are known."""
    words = " ".join(ended.errors.replace("│", " ").split())
    known = ("unexpected end of JSON input", "NoSuchKey")
    found = [each for each in known if each in words]
    assert found, ended.errors
    return ", ".join(f"`{each}`" for each in found)
