"""Lock information: what Terraform and OpenTofu write into a lock, to the byte, and how it is read back.

The engines write a Go struct with `encoding/json`. OpenTofu releases a DynamoDB lock on the condition that
the stored text equals what it gets when it writes the struct again (`Info = :info`), so a lock in any other
spelling can never be released by it. Values and text only: identifiers and the time come in as arguments.

Sources: hashicorp/terraform `internal/states/statemgr/locker.go` (`LockInfo`, `NewLockInfo`, `Marshal`) and
the wire of 1.11.4; Go's `encoding/json` and `time` for spelling and for what a reader accepts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NoReturn, TypeAlias

LOCK_OBJECT_SUFFIX = ".tflock"
IDENTIFIER_BYTES = 16
CREATED_ZERO = "0001-01-01T00:00:00Z"  # Go's zero time, which a lock without `Created` has
NANOSECONDS_PER_SECOND = 1_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Go escapes these so that JSON can stand in HTML and JavaScript; Python leaves them as they are.
GO_ESCAPES = str.maketrans(
    {
        "&": "\\u0026",
        "<": "\\u003c",
        ">": "\\u003e",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)
SURROGATE = re.compile("[\ud800-\udfff]")
CREATED_PATTERN = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
OFFSETS_OF_UTC = frozenset({"Z", "+00:00", "-00:00"})


def lock_path(bucket: str, key: str) -> str:
    """Return the lock's path: `Path` in both kinds of lock, and `LockID` of the DynamoDB item."""
    return f"{bucket}/{key}"


def lock_object_key(key: str) -> str:
    """Return the key of the lock object that belongs to a state key."""
    return f"{key}{LOCK_OBJECT_SUFFIX}"


def lock_identifier(random_bytes: bytes) -> str:
    """Spell 16 random bytes as the engines do: 8-4-4-4-12, without the version bits of RFC 4122."""
    digits = random_bytes[:IDENTIFIER_BYTES].hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def created_text(nanoseconds: int) -> str:
    """Spell a time, in nanoseconds since 1970 UTC, as Go's RFC 3339 nano: trailing zeros trimmed."""
    seconds, rest = divmod(nanoseconds, NANOSECONDS_PER_SECOND)
    moment = (EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()
    fraction = f"{rest:09d}".rstrip("0")
    return f"{moment}.{fraction}Z" if fraction else f"{moment}Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockInfo:
    """Who holds a lock, and why: the seven fields of the engines' struct.

    `created` is in Go's spelling; `who` is `user@host`, either side may be empty; `path` is
    `<bucket>/<key>` in both kinds of lock. Missing fields are empty, a missing time is Go's zero time.
    """

    identifier: str
    operation: str = ""
    info: str = ""
    who: str = ""
    version: str = ""
    created: str = CREATED_ZERO
    path: str = ""

    @property
    def text(self) -> str:
        """Return the canonical JSON text: Go's key order and escapes, no white space, no line end."""
        fields = {
            "ID": self.identifier,
            "Operation": self.operation,
            "Info": self.info,
            "Who": self.who,
            "Version": self.version,
            "Created": self.created,
            "Path": self.path,
        }
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        return well_formed(text.translate(GO_ESCAPES))

    @property
    def body(self) -> bytes:
        """Return the canonical bytes: the content of a lock object."""
        return self.text.encode()

    @property
    def created_at(self) -> datetime | None:
        """Return the time to the microsecond, or None when `created` is not a time or was not given."""
        if self.created == CREATED_ZERO or canonical_created(self.created) is None:
            return None
        whole, fraction, offset = _created_parts(self.created)
        return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}{offset}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableLock:
    """A lock that the engines cannot read, and so can neither show nor force-unlock.

    `body` is what is stored, `problem` says what is wrong with it, `salvaged` is what can be made out all
    the same (its `created` may be any text); None when it is nothing.
    """

    body: bytes
    problem: str
    salvaged: LockInfo | None = None


LockContent: TypeAlias = LockInfo | UnreadableLock


def read_lock(body: bytes) -> LockContent:
    """Read whatever is stored in a lock; never raises.

    What Go's decoder accepts, this accepts: keys in any case, unknown keys, missing keys, `null`, invalid
    UTF-8 inside strings, any offset in `Created`.
    """
    if not body.strip():
        return UnreadableLock(body=body, problem="it is empty")
    try:
        document: object = json.loads(
            body.decode("utf-8", errors="replace"),
            object_pairs_hook=_folded,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        return UnreadableLock(body=body, problem="it is nested too deeply")
    except ValueError as error:
        return UnreadableLock(body=body, problem=f"it is not JSON: {error}")
    if document is None:
        return LockInfo(identifier="")
    if not isinstance(document, dict):
        return UnreadableLock(body=body, problem="it is JSON, but not an object")
    return _content_of(body, document)


def well_formed(text: str) -> str:
    """Replace half surrogate pairs, which UTF-8 cannot carry, by U+FFFD as Go does."""
    return SURROGATE.sub("\ufffd", text)


def canonical_created(text: str) -> str | None:
    """Return a time as Go would write it after reading it; None when Go would not read it."""
    match = CREATED_PATTERN.fullmatch(text)
    if match is None:
        return None
    try:
        datetime.fromisoformat(match[1])
    except ValueError:
        return None
    fraction = (match[2] or "")[:9].rstrip("0")
    offset = "Z" if match[3] in OFFSETS_OF_UTC else match[3]
    return f"{match[1]}.{fraction}{offset}" if fraction else f"{match[1]}{offset}"


def _created_parts(text: str) -> tuple[str, str, str]:
    match = CREATED_PATTERN.fullmatch(text)
    return (match[1], match[2] or "", match[3]) if match else (text, "", "")


def _folded(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Keep the last value of each key, whatever its case; `null` leaves a field as it is (Go)."""
    return {key.casefold(): value for key, value in pairs if value is not None}


def _refuse_constant(name: str) -> NoReturn:
    """Refuse `NaN` and `Infinity`, which Python reads and JSON does not have."""
    raise ValueError(f"{name} is not a value of JSON")


def _content_of(body: bytes, document: dict[str, object]) -> LockContent:
    names = ("ID", "Operation", "Info", "Who", "Version", "Created", "Path")
    values = {name: document.get(name.casefold(), "") for name in names}
    texts = {
        name: well_formed(value) if isinstance(value, str) else "" for name, value in values.items()
    }
    wrong = [name for name, value in values.items() if not isinstance(value, str)]
    given = "created" in document
    created = canonical_created(texts["Created"]) if given else CREATED_ZERO
    info = LockInfo(
        identifier=texts["ID"],
        operation=texts["Operation"],
        info=texts["Info"],
        who=texts["Who"],
        version=texts["Version"],
        created=texts["Created"] if created is None else created,
        path=texts["Path"],
    )
    if wrong:
        return UnreadableLock(body=body, problem=f"`{wrong[0]}` is not a string", salvaged=info)
    if created is None:
        return UnreadableLock(
            body=body, problem="`Created` is not a time in RFC 3339", salvaged=info
        )
    return info
