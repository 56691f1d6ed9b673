"""Dividing a state into parts, and telling whose an incomplete upload is."""

import pytest

from holdfast.core.state_uploads import (
    PARTS_MAX,
    UPLOAD_LIMITS,
    UploadedPart,
    UploadLimits,
    checksum_of,
    is_beginning_of,
)


def part(number: int, body: bytes, *, checksum: bool = True) -> UploadedPart:
    return UploadedPart(
        number=number,
        size_bytes=len(body),
        tag=f'"{body.hex()}"',
        checksum=checksum_of(body) if checksum else "",
    )


SENT = (part(1, b"aa"), part(2, b"bb"), part(3, b"c"))


@pytest.mark.parametrize(
    ("size_bytes", "size"),
    [(1, 4), (4 * PARTS_MAX, 4), (4 * PARTS_MAX + 1, 5), (9 * PARTS_MAX, 9)],
)
def test_parts_grow_before_there_are_too_many(size_bytes: int, size: int) -> None:
    assert UploadLimits(part_bytes=4).part_size(size_bytes) == size


def test_the_largest_object_fits() -> None:
    largest = 5 * 1024**4
    assert UPLOAD_LIMITS.part_size(largest) * PARTS_MAX >= largest
    assert UPLOAD_LIMITS.part_bytes >= 5 << 20


@pytest.mark.parametrize(
    ("found", "ours"),
    [
        ((), False),
        (SENT[:1], True),
        (SENT, True),
        (SENT[1:2], True),  # the first one was still on its way
        ((part(1, b"ab"),), False),
        ((SENT[0], part(2, b"xx")), False),
        ((part(1, b"aaa"),), False),
        ((*SENT, part(4, b"d")), False),
        ((part(1, b"aa", checksum=False),), True),
        ((part(1, b"ab", checksum=False),), False),
    ],
)
def test_an_upload_is_ours_if_all_it_has_is_what_we_send(
    found: tuple[UploadedPart, ...], ours: bool
) -> None:
    assert is_beginning_of(found, SENT) is ours
