"""Change which backend a root has, in native HCL: from `local` to `s3`, without `local`, or `s3` where none is.

Only the bytes that must change do, and the result is parsed again before anybody sees it. What is not plain enough is
refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from holdfast.core.code_edits import ArgumentChange, ByteEdit, EditedFile, EditRefused, edited
from holdfast.hcl.argument_places import blocks_in, container_in
from holdfast.hcl.grammar import tree_of
from holdfast.hcl.native_editing import INDENT, edits_in, same_length_text
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import ParsedFile

if TYPE_CHECKING:
    from tree_sitter import Node

S3_BLOCK = b'backend "s3" {}'
ODD = "its layout is not one that can be edited"
REST_OF_LINE = re.compile(rb"[ \t]*\r?(?:\n|$)")

Backends = tuple[tuple[str, tuple[str, ...]], ...]


def local_made_s3(content: bytes) -> EditedFile | EditRefused:
    """Return a file whose `backend "local"` is `backend "s3"` without arguments; comments stay."""
    found = _local_blocks(content)
    if isinstance(found, EditRefused):
        return found
    source, node = found
    container = container_in(node, source)
    changes = [ArgumentChange(name=each.name, value=None) for each in container.entries]
    edits = edits_in(container, source, changes)
    label = next(each for each in node.named_children if each.type == "string_lit")
    if isinstance(edits, EditRefused):
        return edits
    edits = (*edits, ByteEdit(label.start_byte, label.end_byte, b'"s3"'))
    return _checked(content, edits, wanted=(("s3", ()),))


def local_taken_out(content: bytes) -> EditedFile | EditRefused:
    """Return a file without its `backend "local"` block, which has lines of its own."""
    found = _local_blocks(content)
    if isinstance(found, EditRefused):
        return found
    source, node = found
    line_start = source.rfind(b"\n", 0, node.start_byte) + 1
    rest = REST_OF_LINE.match(source, node.end_byte)
    if source[line_start : node.start_byte].strip() or rest is None:
        return EditRefused(words=ODD, line=node.start_point[0] + 1)
    return _checked(content, (ByteEdit(line_start, rest.end(), b""),), wanted=())


def s3_put_in(content: bytes) -> EditedFile | EditRefused:
    """Return a file with `backend "s3" {}` as the first thing in its first `terraform` block."""
    source = same_length_text(content)
    root = tree_of(source)
    if root.has_error or b"\0" in content:
        return EditRefused(words="it is not valid HCL")
    node = next(blocks_in(root, source, "terraform"), None)
    if node is None:
        return EditRefused(words="there is no `terraform` block")
    container = container_in(node, source)
    start, end = container.inner_start, container.inner_end
    newline = b"\r\n" if re.search(rb"^[^\n]*\r\n", source) else b"\n"
    # Of the content: in the source a byte order mark is blank too.
    line = content[source.rfind(b"\n", 0, start) + 1 : start]
    outer = line[: len(line) - len(line.lstrip(b" \t"))]
    line_end = source.find(b"\n", start, end)
    if line_end >= 0:
        edit = ByteEdit(line_end + 1, line_end + 1, outer + INDENT + S3_BLOCK + newline)
    elif not source[start:end].strip():
        edit = ByteEdit(start, end, newline + outer + INDENT + S3_BLOCK + newline + outer)
    else:
        return EditRefused(words=ODD, line=container.line)
    return _checked(content, (edit,), wanted=(("s3", ()),))


def _local_blocks(content: bytes) -> tuple[bytes, Node] | EditRefused:
    """Return the one `backend "local"` block of a file, and the text that its offsets are of."""
    source = same_length_text(content)
    root = tree_of(source)
    if root.has_error or b"\0" in content:
        return EditRefused(words="it is not valid HCL")
    found = [
        each
        for terraform in blocks_in(root, source, "terraform")
        for each in blocks_in(terraform, source, "backend", "local")
    ]
    if len(found) != 1:
        words = f'there is {"more than one" if found else "no"} backend "local"'
        return EditRefused(words=words, line=found[1].start_point[0] + 1 if found else 0)
    return source, found[0]


def _checked(
    content: bytes, edits: Sequence[ByteEdit], *, wanted: Backends
) -> EditedFile | EditRefused:
    """Return the edited file if it has the wanted backends and all else as before."""
    result = edited(content, edits)
    before, after = parse_hcl(content), parse_hcl(result.content)
    same = _without_backends(after) == _without_backends(before)
    if after.problem is not None or _backends(after) != wanted or not same:
        return EditRefused(words=ODD)
    return result


def _backends(parsed: ParsedFile) -> Backends:
    return tuple(
        (" ".join(backend.labels), tuple(each.name for each in backend.body.attributes))
        for terraform in parsed.body.blocks_of("terraform")
        for backend in terraform.body.blocks_of("backend")
    )


def _without_backends(parsed: ParsedFile) -> list[tuple[str, ...]]:
    """Return the words of everything but the backends: types, labels and names of what stands where."""
    return [
        (block.type, *block.labels, *(each.name for each in block.body.attributes), *inner)
        for block in parsed.body.blocks
        for inner in [tuple(each.type for each in block.body.blocks if each.type != "backend")]
    ]
