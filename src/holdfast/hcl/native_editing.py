"""Edit backend arguments in native HCL: only the bytes that must change, found by the parser.

Comments, order, layout, line ends and a byte order mark stay. What is not plain enough to be edited without
doubt (an expression, an argument that is there twice, a broken file) is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from holdfast.core.code_edits import (
    ArgumentChange,
    ArgumentValue,
    ByteEdit,
    CodePlace,
    EditRefused,
)
from holdfast.core.hcl_strings import hcl_string
from holdfast.hcl.argument_places import Container, Entry, container_of
from holdfast.hcl.grammar import BYTE_ORDER_MARK, tree_of

INDENT = b"  "
BLANK = re.compile(rb"[ \t]*")
SEPARATED_END = re.compile(rb"[ \t]*,?[ \t]*(?:\r?\n|$)")  # nothing else up to the end of the line
COMMENT_AFTER = re.compile(rb"[ \t]*,?[ \t]*(?=#|//|/\*)")
COMMA_AFTER = re.compile(rb"[ \t]*,[ \t]*")
COMMA_BEFORE = re.compile(rb"[ \t]*,[ \t]*$")


def native_edits(
    content: bytes, place: CodePlace, changes: Sequence[ArgumentChange]
) -> tuple[ByteEdit, ...] | EditRefused:
    """Return the edits that make the changes, none where everything is as wanted, or why there are none."""
    source = same_length_text(content)
    root = tree_of(source)
    if root.has_error or b"\0" in content:
        return EditRefused(words="it is not valid HCL")
    container = container_of(root, source, place)
    if isinstance(container, EditRefused):
        return container
    return edits_in(container, source, changes)


def edits_in(
    container: Container, source: bytes, changes: Sequence[ArgumentChange]
) -> tuple[ByteEdit, ...] | EditRefused:
    """Return the edits that make the changes in one place of a text, or why there are none."""
    editing = _Editing(source, container)
    for change in changes:
        refused = editing.make(change)
        if refused is not None:
            return refused
    return editing.edits


def same_length_text(content: bytes) -> bytes:
    """Return a content as UTF-8 in which every offset is that of the content.

    HCL takes any byte in a comment; what is not UTF-8 and a byte order mark become blanks of the same length.
    """
    if content.startswith(BYTE_ORDER_MARK):
        content = b" " * len(BYTE_ORDER_MARK) + content[len(BYTE_ORDER_MARK) :]
    text = content.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", " ", text).encode()


class _Editing:
    """The edits of one container, collected."""

    def __init__(self, source: bytes, container: Container) -> None:
        self._source = source
        self._container = container
        self._edits: list[ByteEdit] = []
        self._added: list[tuple[str, ArgumentValue]] = []
        self._removed: set[str] = set()
        self._newline = b"\r\n" if re.search(rb"^[^\n]*\r\n", source) else b"\n"

    @property
    def edits(self) -> tuple[ByteEdit, ...]:
        """Return what was collected, arguments that are new in one piece."""
        added = tuple(self._addition()) if self._added else ()
        return (*self._edits, *added)

    def make(self, change: ArgumentChange) -> EditRefused | None:
        """Collect the edits of one change."""
        found = [each for each in self._container.entries if each.name == change.name]
        if len(found) > 1:
            return EditRefused(words=f"`{change.name}` is there twice", line=found[1].line)
        if not found:
            if change.value is not None:
                self._added.append((change.name, change.value))
            return None
        entry = found[0]
        if change.value is None:
            self._remove(entry)
            return None
        if not entry.is_plain:
            return EditRefused(words=f"`{change.name}` is an expression", line=entry.line)
        wanted = literal(change.value)
        if self._source[entry.value_start : entry.value_end] != wanted:
            self._edits.append(ByteEdit(entry.value_start, entry.value_end, wanted))
        return None

    # Taking out -------------------------------------------------------------------------------------

    def _remove(self, entry: Entry) -> None:
        self._removed.add(entry.name)
        source = self._source
        line_start = source.rfind(b"\n", 0, entry.start) + 1
        is_first = not source[line_start : entry.start].strip()
        whole = SEPARATED_END.match(source, entry.end)
        comment = COMMENT_AFTER.match(source, entry.end)
        if is_first and whole is not None:
            self._edits.append(ByteEdit(line_start, whole.end(), b""))
        elif is_first and comment is not None:
            self._edits.append(ByteEdit(entry.start, comment.end(), b""))
        elif (after := COMMA_AFTER.match(source, entry.end)) is not None:
            self._edits.append(ByteEdit(entry.start, after.end(), b""))
        else:
            before = COMMA_BEFORE.search(source[line_start : entry.start])
            start = line_start + before.start() if before is not None else entry.start
            self._edits.append(ByteEdit(start, entry.end, b""))

    # Putting in -------------------------------------------------------------------------------------

    def _addition(self) -> Iterator[ByteEdit]:
        anchor = self._anchor()
        if anchor is None:
            yield self._into_empty()
        elif self._has_own_lines(anchor):
            yield self._below(anchor)
        elif self._container.separator:
            separator = self._container.separator
            text = b"".join(separator + each for each in self._assignments())
            yield ByteEdit(anchor.end, anchor.end, text)
        else:
            yield from self._unfolded(anchor)

    def _anchor(self) -> Entry | None:
        """Return the last argument that stays; the last one when none does."""
        entries = self._container.entries
        staying = [each for each in entries if each.name not in self._removed]
        return max(staying or entries, key=lambda each: each.start, default=None)

    def _assignments(self, *, below: Entry | None = None) -> Iterator[bytes]:
        """Yield `name = value`, each `=` below that of an argument where there is room."""
        spaced = below is not None and self._source[below.equals - 1 : below.equals] == b" "
        width = below.equals - below.start - 1 if below is not None and spaced else 0
        for name, value in self._added:
            yield name.ljust(width).encode() + b" = " + literal(value)

    def _has_own_lines(self, anchor: Entry) -> bool:
        """Tell whether arguments stand on lines of their own: the container's braces are elsewhere."""
        inner = self._source[self._container.inner_start : anchor.start]
        return self._container.is_file or b"\n" in inner

    def _below(self, anchor: Entry) -> ByteEdit:
        source = self._source
        line_start = source.rfind(b"\n", 0, anchor.start) + 1
        blank = BLANK.match(source, line_start)
        indent = source[line_start : blank.end()] if blank is not None else b""
        assignments = tuple(self._assignments(below=anchor))
        newline = source.find(b"\n", anchor.end)
        if newline < 0 or (not self._container.is_file and newline >= self._container.inner_end):
            # The closing brace, or the end of the file, is on the same line.
            text = b"".join(self._newline + indent + each for each in assignments)
            return ByteEdit(anchor.end, anchor.end, text)
        text = b"".join(indent + each + self._newline for each in assignments)
        return ByteEdit(newline + 1, newline + 1, text)

    def _into_empty(self) -> ByteEdit:
        source, container = self._source, self._container
        if container.is_file:
            start = b"" if not source or source.endswith(b"\n") else self._newline
            text = start + b"".join(each + self._newline for each in self._assignments())
            return ByteEdit(len(source), len(source), text)
        outer = self._indent_of_line(container.inner_start)
        lines = b"".join(outer + INDENT + each + self._newline for each in self._assignments())
        inner = source[container.inner_start : container.inner_end]
        if b"\n" in inner:
            at = source.rfind(b"\n", 0, container.inner_end) + 1
            return ByteEdit(at, at, lines)
        used = container.inner_start + len(inner.rstrip())
        return ByteEdit(used, container.inner_end, self._newline + lines + outer)

    def _unfolded(self, anchor: Entry) -> Iterator[ByteEdit]:
        """Give each argument a line: a block on one line can hold one at most (HCL native syntax)."""
        container = self._container
        outer = self._indent_of_line(container.inner_start)
        indent = self._newline + outer + INDENT
        yield ByteEdit(container.inner_start, anchor.start, indent)
        added = b"".join(indent + each for each in self._assignments())
        tail = self._source[anchor.end : container.inner_end].rstrip()
        yield ByteEdit(anchor.end + len(tail), container.inner_end, added + self._newline + outer)

    def _indent_of_line(self, offset: int) -> bytes:
        line_start = self._source.rfind(b"\n", 0, offset) + 1
        blank = BLANK.match(self._source, line_start)
        return blank.group() if blank is not None else b""


def literal(value: ArgumentValue) -> bytes:
    """Return a value as HCL writes it."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return hcl_string(value).encode()
