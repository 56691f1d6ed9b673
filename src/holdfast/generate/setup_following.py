"""Follow a setup module: the same text, with the names of another backend in it. Pure.

Only strings and comments change. What the text cannot say of the other backend is a reason not to follow it,
in words; whether the copy creates what it should is for the reader of the copy to find out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.core.generated import MARK, GeneratedFile
from holdfast.core.setup_pattern import PatternFile, PatternStretch, SetupPattern
from holdfast.core.source import SourceSpan

ACCOUNT_ID = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
KEY_ARN = re.compile(r"arn:[a-z-]+:kms:")
RELATIVE_SOURCE = re.compile(r"\.{1,2}/")
FILES_BESIDE = re.compile(r"\bpath\.(?:module|root|cwd)\b")
HEADER = "# {mark}: `holdfast generate setup`, after `{path}`.\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupNames:
    """What tells one backend's module from another's."""

    bucket: str
    table: str | None
    region: str
    account: str | None = None
    profile: str | None = None
    kms_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The files of the new module, what was renamed in their strings, and what a person should look at."""

    files: tuple[GeneratedFile, ...]
    renamed: frozenset[str]  # names of the pattern's own backend
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """Why the pattern does not fit the backend."""

    reason: str


def follow(
    pattern: SetupPattern, owner: SetupNames, backend: SetupNames, *, directory: str
) -> Followed | NotFollowed:
    """Write the pattern, which is the module of `owner`, anew for `backend` in `directory`."""
    for reason in _obstacles(pattern, owner, backend):
        return NotFollowed(reason)
    writing = _Writing(pattern, owner, backend, directory)
    files = tuple(map(writing.file, pattern.files))
    return Followed(
        files=files,
        renamed=frozenset(writing.renamed),
        remarks=tuple(dict.fromkeys(writing.remarks)),
    )


def _obstacles(pattern: SetupPattern, owner: SetupNames, backend: SetupNames) -> Iterator[str]:
    yield from pattern.problems
    if (owner.table is None) != (backend.table is None):
        which = "a lock table" if backend.table is None else "no lock table"
        yield f"it creates {which}"
    keys = [
        SourceSpan(f"{pattern.path}/{file.name}", stretch.line)
        for file in pattern.files
        for stretch in file.stretches
        if not stretch.comment and KEY_ARN.search(_text(file, stretch))
    ]
    if keys and backend.kms_key is None:
        yield f"it names a KMS key, and the backend none: `{keys[0]}`"
    if backend.kms_key is not None and not keys:
        yield "it names no KMS key, and the backend one"
    for file in pattern.files:
        found = FILES_BESIDE.search(file.text)
        if found is not None:
            line = file.text.count("\n", 0, found.start()) + 1
            place = SourceSpan(f"{pattern.path}/{file.name}", line)
            yield f"it reads files beside itself: `{place}`"


class _Writing:
    """Write the files of one module after the pattern's."""

    def __init__(
        self, pattern: SetupPattern, owner: SetupNames, backend: SetupNames, directory: str
    ) -> None:
        self._pattern = pattern
        self._key = backend.kms_key
        self._directory = directory
        self._names = dict(_renamed(owner, backend))
        longest_first = sorted(self._names, key=len, reverse=True)
        # Inside of a text, a name that is a plain word may be meant as one.
        inside = [name for name in longest_first if not name.isalpha()]
        self._inside = re.compile(
            rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, inside)) or '(?!)'})(?![A-Za-z0-9])"
        )
        self._accounts = {each for each in (owner.account, backend.account) if each is not None}
        self._same_account = owner.account == backend.account is not None
        self.renamed: set[str] = set()
        self.remarks: list[str] = []

    def file(self, file: PatternFile) -> GeneratedFile:
        """Write one file."""
        parts: list[str] = []
        position = 0
        for stretch in file.stretches:
            parts += [file.text[position : stretch.start], self._replaced(file, stretch)]
            position = stretch.end
        body = _without_header("".join((*parts, file.text[position:])))
        header = HEADER.format(mark=MARK, path=f"{self._pattern.path}/{file.name}")
        return GeneratedFile(
            path=f"{self._directory}/{file.name}".removeprefix("./"), text=header + body
        )

    def _replaced(self, file: PatternFile, stretch: PatternStretch) -> str:
        text = _text(file, stretch)
        if not stretch.comment and KEY_ARN.search(text) and self._key is not None:
            return self._key if stretch.whole else text
        if stretch.whole and text in self._names:
            self.renamed.add(text)
            return self._names[text]
        if stretch.whole and RELATIVE_SOURCE.match(text):
            return self._relative(text)
        made = self._inside.sub(lambda found: self._names[found[0]], text)
        if not stretch.comment:
            self.renamed |= set(self._inside.findall(text))
        if not stretch.comment and not self._same_account:
            for account in ACCOUNT_ID.findall(text):
                if account not in self._accounts:
                    place = f"{self._directory}/{file.name}".removeprefix("./")
                    self.remarks.append(f"`{place}` names account {account}, as the pattern does")
        return made

    def _relative(self, source: str) -> str:
        """Return the source of a local module as seen from the new directory."""
        target = posixpath.normpath(posixpath.join(self._pattern.path, source))
        found = posixpath.relpath(target, self._directory)
        return found if found.startswith("../") else f"./{found}"


def _renamed(owner: SetupNames, backend: SetupNames) -> Iterator[tuple[str, str]]:
    for old, new in (
        (owner.bucket, backend.bucket),
        (owner.table, backend.table),
        (owner.region, backend.region),
        (owner.account, backend.account),
        (owner.profile, backend.profile),
    ):
        if old is not None and new is not None and old != new:
            yield old, new


def _text(file: PatternFile, stretch: PatternStretch) -> str:
    return file.text[stretch.start : stretch.end]


def _without_header(text: str) -> str:
    """Return a text without the line that says by whom a pattern of ours was made."""
    first, _, rest = text.partition("\n")
    return rest.lstrip("\n") if first.startswith("#") and MARK in first else text
