"""Digests: what the lock table says that a state's bytes are, and what to think of it. Pure.

Engines with a lock table keep the MD5 of a state in the item `<bucket>/<key>-md5` and refuse a state whose bytes
differ, for ten seconds and then with an error that blocks `init` itself (Terraform 1.11.4, S3 client `Get` and `getMD5`).
An item without 32 hexadecimal digits is not looked at by them; nor is a missing one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.state_versions import StateVersion

DIGEST_FORM = re.compile(r"[0-9a-fA-F]{32}")  # Go's `hex.DecodeString` reads both cases
EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e"


class DigestVerdict(StrEnum):
    """Name what a digest is compared with its state."""

    RIGHT = "right"
    STALE = "stale"  # the bytes are others: no engine with the table can read the state
    STATE_MISSING = "state missing"  # there is a digest, and no object: `init` is blocked
    INVALID = "invalid"  # not a digest: the engines skip their check
    NONE = "none"  # no item: the engines skip their check
    UNKNOWN = "unknown"  # one of the two could not be read


class DigestRepair(StrEnum):
    """Name what can be done about a digest that is not right."""

    WRITE_DIGEST = "write the digest of the bytes"
    REMOVE_DIGEST = "remove the digest"
    RESTORE_VERSION = "restore the version that the digest names"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDigest:
    """The digest item of one state: its text as it is stored, None for an item without one.

    `typed` is the JSON of an attribute of another type, which is no digest and yet what a write is conditional on.
    """

    text: str | None
    typed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFinding:
    """One digest beside its state. `md5` is None where there is no state; `matches` is the older version it names.

    `unread` is why older versions could not be looked at: then one that it names may be there all the same.
    """

    verdict: DigestVerdict
    stored: StoredDigest | None
    md5: str | None
    matches: StateVersion | None = None
    unread: str = ""

    @property
    def repairs(self) -> tuple[DigestRepair, ...]:
        """Return what can be done, the least surprising first."""
        match self.verdict:
            case DigestVerdict.STALE if self.matches is not None:
                return DigestRepair.WRITE_DIGEST, DigestRepair.RESTORE_VERSION
            case DigestVerdict.STALE | DigestVerdict.INVALID if self.md5 not in {None, EMPTY_MD5}:
                return (DigestRepair.WRITE_DIGEST,)
            case DigestVerdict.STATE_MISSING if self.matches is not None:
                return DigestRepair.RESTORE_VERSION, DigestRepair.REMOVE_DIGEST
            case DigestVerdict.STATE_MISSING | DigestVerdict.INVALID:
                return (DigestRepair.REMOVE_DIGEST,)
            case _:
                return ()


def judged(stored: StoredDigest | None, md5: str | None) -> DigestVerdict:
    """Return the verdict on a digest; `md5` is that of the state's bytes, None when there is no object.

    An object of 0 bytes is no state to the engines, and does not fit a digest (Terraform 1.11.4).
    """
    if stored is None:
        return DigestVerdict.NONE
    if stored.text is None or DIGEST_FORM.fullmatch(stored.text) is None:
        return DigestVerdict.INVALID
    if md5 is None or md5 == EMPTY_MD5:
        return DigestVerdict.STATE_MISSING
    return DigestVerdict.RIGHT if stored.text.lower() == md5 else DigestVerdict.STALE
