"""How the bytes of a state are divided among requests, and whether an upload that was left behind is one of ours. Pure.

Source: S3 user guide, "Amazon S3 multipart upload limits".
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

SINGLE_BYTES_MAX = 5 * 1024**3  # what S3 takes in one PutObject
PART_BYTES = (
    16 << 20
)  # one part is in memory at a time; S3 takes no smaller ones than 5 MiB but the last
PARTS_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """How much is sent in one request, and how large the parts of more are."""

    single_bytes_max: int = SINGLE_BYTES_MAX
    part_bytes: int = PART_BYTES

    def part_size(self, size_bytes: int) -> int:
        """Return the size of the parts of so many bytes: larger ones where there would be too many."""
        return max(self.part_bytes, -(-size_bytes // PARTS_MAX))


UPLOAD_LIMITS = UploadLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedPart:
    """One part of an upload: its number, its size, and what tells its bytes; `checksum` is the SHA-256 in base64.

    A store that keeps no checksums has none; then there is its ETag, which is the MD5 unless a KMS key encrypts it.
    """

    number: int
    size_bytes: int
    tag: str
    checksum: str


def checksum_of(part: bytes) -> str:
    """Return the SHA-256 of a part as S3 writes it."""
    return base64.b64encode(hashlib.sha256(part).digest()).decode()


def is_beginning_of(found: Sequence[UploadedPart], sent: Sequence[UploadedPart]) -> bool:
    """Tell whether every part that was found holds the bytes that were sent under its number.

    Then it is what a killed run for the same state has left. Without any part nobody can tell whose it is.
    """
    by_number = {each.number: each for each in sent}
    return bool(found) and all(
        (ours := by_number.get(each.number)) is not None and _is_same(each, ours) for each in found
    )


def _is_same(one: UploadedPart, other: UploadedPart) -> bool:
    if one.size_bytes != other.size_bytes:
        return False
    if one.checksum and other.checksum:
        return one.checksum == other.checksum
    return one.tag == other.tag
