"""A root of a real engine on a backend of a test's own, and both kinds of our locks on the same state."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdfast.app.lock_taking import Attempt, attempt_lock
from holdfast.core.backends import Locking
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import LockKind, Released, StoredLock
from tests.support.engines import RealEngine
from tests.support.locking import KEY, REGION, Site
from tests.support.real_terraform import Finished, Terraform
from tests.support.worlds import run_holdfast

# The order in which locks are taken: S3, then DynamoDB.
KINDS = (LockKind.OBJECT, LockKind.ITEM)
KINDS_OF = {
    Locking.DYNAMODB: (LockKind.ITEM,),
    Locking.LOCKFILE: (LockKind.OBJECT,),
    Locking.BOTH: KINDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRoot:
    """An initialised root, locked by its engine in one mode, and the place where its locks are."""

    engine: RealEngine
    locking: Locking
    place: Site
    terraform: Terraform

    @property
    def kinds(self) -> tuple[LockKind, ...]:
        """The kinds of lock that the engine takes."""
        return KINDS_OF[self.locking]

    def run(self, *arguments: str) -> Finished:
        """Run a command of the engine that asks nobody."""
        return self.terraform.run(*arguments, "-input=false", "-no-color")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A state on the board of locks: which kinds it is locked in, by which ids, and how it is marked."""

    key: str
    kind: str
    marks: tuple[str, ...]
    identifiers: Mapping[LockKind, str]


def engine_root(place: Site, engine: RealEngine, locking: Locking, directory: Path) -> EngineRoot:
    """Write a root into a new directory and initialise it; its code says nothing about endpoints."""
    table = f'dynamodb_table = "{place.table}"' if locking.uses_table else ""
    lockfile = "use_lockfile = true" if locking.uses_lockfile else ""
    directory.mkdir(parents=True)
    (directory / "main.tf").write_text(
        f"""\
terraform {{
  backend "s3" {{
    bucket  = "{place.bucket}"
    key     = "{KEY}"
    region  = "{REGION}"
    encrypt = true
    {table}
    {lockfile}
  }}
}}
""",
        encoding="utf-8",
    )
    terraform = Terraform(directory, place.account.environment(REGION), engine=engine)
    terraform.succeed("init", "-input=false", "-no-color")
    return EngineRoot(engine=engine, locking=locking, place=place, terraform=terraform)


# Our side ---------------------------------------------------------------------------------------


def our_attempt(place: Site, reason: str = "") -> Attempt:
    """Try to take both locks of the state."""
    stores = [place.store(kind) for kind in KINDS]
    return attempt_lock(stores, KEY, place.sign(reason))


def our_lock(place: Site, reason: str) -> LockInfo:
    """Take both locks of the state, which must be free."""
    attempt = our_attempt(place, reason)
    assert attempt.failure is None
    return attempt.info


def locks_of(place: Site) -> Mapping[LockKind, StoredLock]:
    """Read both locks of the state; what cannot be read is a failure."""
    found = {}
    for kind in KINDS:
        current = place.store(kind).read(KEY)
        assert isinstance(current, Known)
        if current.value is not None:
            found[kind] = current.value
    return found


def release_locks(place: Site, locks: Mapping[LockKind, StoredLock]) -> None:
    """Remove locks that were read, each on the condition that it is still the same."""
    outcomes = {kind: place.store(kind).release(KEY, lock) for kind, lock in locks.items()}
    assert outcomes == dict.fromkeys(locks, Released())


def give_back(place: Site, attempt: Attempt) -> None:
    """Release whatever an attempt has taken."""
    release_locks(place, {part.kind: part.lock for part in attempt.parts})


# A look of its own, without the code under test -------------------------------------------------


def stored_text(place: Site, kind: LockKind) -> str:
    """Return the text of a lock as the server holds it."""
    if kind is LockKind.OBJECT:
        s3 = place.account.clients.s3()
        return s3.get_object(Bucket=place.bucket, Key=f"{KEY}.tflock")["Body"].read().decode()
    item = place.account.clients.dynamodb().get_item(
        TableName=place.table, Key={"LockID": {"S": f"{place.bucket}/{KEY}"}}
    )
    return item["Item"]["Info"]["S"]


# The command line ---------------------------------------------------------------------------------


def holdfast(root: EngineRoot, *arguments: str) -> Finished:
    """Run the command line as a member of the account, in the folder above the root."""
    return run_holdfast(
        *arguments,
        directory=root.terraform.directory.parent,
        environment=root.place.account.environment(REGION),
    )


def board_row(root: EngineRoot) -> BoardRow:
    """Return what `holdfast locks` shows; there must be one state with a lock."""
    listed = holdfast(root, "locks", "--format", "json")
    assert listed.status == 0, listed.errors
    document = json.loads(listed.output)
    (state,) = document["states"]
    held = {side["kind"]: side["id"] for side in state["locks"] if side["status"] == "held"}
    return BoardRow(
        key=state["key"],
        kind=state["kind"],
        marks=tuple(each["mark"] for each in state["marks"]),
        identifiers={LockKind(kind): identifier for kind, identifier in held.items()},
    )
