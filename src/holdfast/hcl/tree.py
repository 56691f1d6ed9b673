"""Walk and read a tree of files: bounded, without following links out of it, surviving any bytes.

Directories that hold copies or products (`.git`, `.terraform`, `node_modules`, …) are not entered.
Links to directories are not followed: what they lead to inside the tree is read at its own place.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from holdfast.core.repository import FileProblem
from holdfast.core.source import SourceSpan

PRUNED_DIRECTORIES = frozenset(
    {
        ".bzr",
        ".cache",
        ".git",
        ".gradle",
        ".hg",
        ".idea",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".serverless",
        ".svn",
        ".terraform",
        ".terragrunt-cache",
        ".terragrunt-stack",
        ".tox",
        ".venv",
        ".vscode",
        "__pycache__",
        "bower_components",
        "cdktf.out",
        "node_modules",
        "site-packages",
        "venv",
    }
)
DEPTH_MAX = 64
FILE_SIZE_MAX_BYTES = 8 * 1024 * 1024
FIRST_READ_BYTES = 64 * 1024
# Without O_NONBLOCK a named pipe that took a file's name would keep us waiting for ever.
OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One directory that was walked: its path relative to the tree, and what it holds, by name."""

    path: str
    files: tuple[str, ...]
    directories: tuple[str, ...]
    has_working_directory: bool  # `.terraform` is there

    def file(self, name: str) -> str:
        """Return the path of a file in this directory, relative to the tree."""
        return joined(self.path, name)


CODE_ENDINGS = (".tf", ".tofu", ".tf.json", ".hcl", ".tfbackend")


class Tree:
    """A directory on disk and everything below it that is worth reading."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._real_top = os.path.realpath(top)
        self._problems: list[FileProblem] = []
        self._full_paths = {".": top}  # of directories, and of files with a name that is not UTF-8
        self._names_as_on_disk = True  # False as soon as one is shown otherwise
        self.files_read = 0
        self.directories = tuple(sorted(self._walk(), key=lambda each: each.path))
        self.by_path = {directory.path: directory for directory in self.directories}

    @property
    def problems(self) -> tuple[FileProblem, ...]:
        """Return what could not be read so far, in order of place."""
        return tuple(sorted(set(self._problems), key=lambda each: (each.span, each.message)))

    def report(self, path: str, message: str, *, line: int = 0, column: int = 0) -> None:
        """Keep a problem with a file."""
        self._problems.append(FileProblem(span=SourceSpan(path, line, column), message=message))

    def read(self, path: str, *, size_max_bytes: int = FILE_SIZE_MAX_BYTES) -> bytes | None:
        """Return the content of a file; None when it cannot be read, and that is then a problem."""
        content = self._opened(path, size_max_bytes)
        if content is not None and len(content) > size_max_bytes:
            self.report(path, f"not read: larger than {size_max_bytes // (1024 * 1024)} MiB")
            return None
        if content is not None and b"\0" in content and path.endswith(CODE_ENDINGS):
            self.report(path, "not read: it is binary, which no engine takes for code")
            return None
        return content

    def head(self, path: str, *, size_bytes: int) -> bytes | None:
        """Return at least the first bytes of a file, as many as are asked for, or all it has."""
        return self._opened(path, size_bytes)

    def size_bytes(self, path: str) -> int | None:
        """Return the size of a plain file; None when there is none, a link among them."""
        try:
            found = os.lstat(self._full_path(path))
        except OSError:
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def _opened(self, path: str, size_max_bytes: int) -> bytes | None:
        self.files_read += 1
        try:
            descriptor = os.open(self._full_path(path), OPEN_FLAGS)
            try:
                content = os.read(descriptor, FIRST_READ_BYTES)
                if 0 < len(content) < FIRST_READ_BYTES:
                    return content
                whole = _rest(descriptor, content, size_max_bytes)
            finally:
                os.close(descriptor)
        except OSError as error:
            self.report(path, f"cannot be read: {error.strerror or error}")
            return None
        if whole is None:
            self.report(path, "not read: not a plain file")
        return whole

    def _full_path(self, path: str) -> str:
        if self._names_as_on_disk:
            return f"{self._top}/{path}"
        known = self._full_paths.get(path)
        if known is not None:
            return known
        directory, _, name = path.rpartition("/")
        above = self._full_paths.get(directory or ".")
        return f"{self._full_path(directory) if above is None else above}/{name}"

    def _walk(self) -> Iterator[Directory]:
        waiting = [(".", 0)]
        while waiting:
            path, depth = waiting.pop()
            try:
                with os.scandir(self._full_paths[path]) as entries:
                    directory = self._directory(path, entries)
            except OSError as error:
                self.report(path, f"cannot be read: {error.strerror or error}")
                continue
            yield directory
            if depth == DEPTH_MAX and directory.directories:
                self.report(path, f"what is more than {DEPTH_MAX} directories deep was not read")
                continue
            waiting += [(joined(path, name), depth + 1) for name in directory.directories]

    def _directory(self, path: str, entries: Iterable[os.DirEntry[str]]) -> Directory:
        files: list[str] = []
        directories: list[str] = []
        has_working_directory = False
        for entry in entries:
            name = entry.name
            if not name.isascii():
                name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                self._names_as_on_disk = self._names_as_on_disk and name == entry.name
            if entry.is_dir(follow_symlinks=False):
                has_working_directory = has_working_directory or name == ".terraform"
                if name not in PRUNED_DIRECTORIES:
                    directories.append(name)
                    self._full_paths[joined(path, name)] = entry.path
            elif entry.is_file(follow_symlinks=False) or self._is_link_inside(entry, path):
                files.append(name)
                if name != entry.name:
                    self._full_paths[joined(path, name)] = entry.path
        return Directory(
            path=path,
            files=tuple(sorted(files)),
            directories=tuple(sorted(directories)),
            has_working_directory=has_working_directory,
        )

    def _is_link_inside(self, entry: os.DirEntry[str], path: str) -> bool:
        if not entry.is_symlink():
            if entry.name.endswith(CODE_ENDINGS):
                self._report_entry(entry, path, "not read: not a plain file")
            return False
        target = os.path.realpath(entry.path)
        is_code = entry.name.endswith(CODE_ENDINGS)
        if not os.path.isfile(target):  # noqa: PTH113 - no Path object per entry of a large tree
            if is_code and not os.path.isdir(target):  # noqa: PTH112 - as above
                self._report_entry(entry, path, "not read: the link leads to no file")
            return False
        if target.startswith(self._real_top.rstrip("/") + "/"):
            return True
        if is_code:
            self._report_entry(entry, path, "not read: the link leads out of the directory")
        return False

    def _report_entry(self, entry: os.DirEntry[str], path: str, message: str) -> None:
        shown = entry.name.encode("utf-8", "replace").decode("utf-8")
        self.report(joined(path, shown), message)


def joined(directory: str, name: str) -> str:
    """Return the path of something in a directory of a tree."""
    return name if directory == "." else f"{directory}/{name}"


def parent(path: str) -> str | None:
    """Return the directory above one, or None above the top."""
    if path == ".":
        return None
    return path.rpartition("/")[0] or "."


def resolved(directory: str, path: str) -> str | None:
    """Return where a relative path leads from a directory; None outside of the tree."""
    if path.startswith("/") or "\\" in path:
        return None
    joined_path = os.path.normpath(os.path.join(directory, path))  # noqa: PTH118 - text, no disk
    return None if joined_path == ".." or joined_path.startswith("../") else joined_path


def _rest(descriptor: int, content: bytes, size_max_bytes: int) -> bytes | None:
    """Read on after the first bytes, up to one read beyond the limit; None for what is no plain file."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return None
    chunks = [content]
    size_bytes = len(content)
    while size_bytes <= size_max_bytes and (chunk := os.read(descriptor, FILE_SIZE_MAX_BYTES)):
        chunks.append(chunk)
        size_bytes += len(chunk)
    return b"".join(chunks)
