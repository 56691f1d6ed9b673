"""The steps of a command, counted while it runs, and what befalls one of them."""

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tests.support.aws_operations import Request

READS = re.compile(r"(s3:(Get|Head|List)|dynamodb:(GetItem|Scan|Query|Describe)|sts:|iam:)")
OURS = re.compile(r"\.holdfast-[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request to the store, or one change of a file. `number` counts from 1, `change` the changes so far.

    A read has the number of the change before it: 0 before the first one.
    """

    number: int
    change: int
    words: str
    is_change: bool
    request: Request | None = field(repr=False)

    @property
    def is_file(self) -> bool:
        return self.request is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """SIGKILL after a step: when the next one begins."""

    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLost:
    """The server acts, and its answer never comes."""

    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """From this step on, this operation on this object is not allowed; or the system refuses to change the file."""

    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interfered:
    """Just before a step somebody else does something."""

    before: int
    act: Callable[[], object]


Disturbance: TypeAlias = Killed | AnswerLost | Refused | Interfered


@dataclass(slots=True)
class Steps:
    """The steps of one run in order; `names` puts words in the place of keys and paths."""

    names: Mapping[str, str]
    seen: list[Step] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def begin_request(self, request: Request) -> Step:
        operation = request.operation
        words = f"`{operation.partition(':')[2]}` {self._named(subject(request))}".strip()
        return self._begin(words, request, is_change=READS.match(operation) is None)

    def begin_file(self, change: str, path: str) -> Step:
        name = self._named(OURS.sub(".holdfast-*", Path(path).name))
        return self._begin(f"{change} `{name}`", None, is_change=True)

    def _begin(self, words: str, request: Request | None, *, is_change: bool) -> Step:
        with self._guard:
            step = Step(
                number=len(self.seen) + 1,
                change=(self.seen[-1].change if self.seen else 0) + is_change,
                words=words,
                is_change=is_change,
                request=request,
            )
            self.seen.append(step)
            return step

    def _named(self, text: str) -> str:
        for name in sorted(self.names, key=len, reverse=True):
            text = text.replace(name, self.names[name])
        return text


def subject(request: Request) -> str:
    """Return what a request is about: a key, an item, or the bucket or table."""
    if request.protocol == "s3":
        return request.key or request.bucket
    if request.operation.startswith("dynamodb:"):
        body = json.loads(request.body)
        found = (body.get("Item") or body.get("Key") or {}).get("LockID", {}).get("S")
        return str(found or body.get("TableName", ""))
    return ""
