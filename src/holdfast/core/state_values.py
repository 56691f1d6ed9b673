"""The values of what differs between two states, as far as anybody may see them. Pure.

Never shown: outputs that are `sensitive`, what lies at or under a path of `sensitive_attributes` in either of the two states,
and attributes whose name says that they are secret: before Terraform 1.15 what a provider calls sensitive is not always
among the paths. An instance without paths at all was written before there were any (Terraform 0.14), and shows nothing.
Nor is a text shown that is sensitive anywhere in either state: providers copy values (`terraform_data` its `input` to its
`output`), and the engines keep no mark at the copy (Terraform 1.15.5).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

import ijson

from holdfast.core.state_reading import PARSER_ERRORS
from holdfast.core.state_resources import OUTPUT_PREFIX, address_of

JsonValue: TypeAlias = (
    "str | int | float | bool | Decimal | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
PathStep: TypeAlias = str | int
SensitivePath: TypeAlias = tuple[PathStep, ...]

SENSITIVE = "(sensitive)"
ABSENT = "(none)"
SHOWN_MAX = 200
SECRET_LENGTH_MIN = 6  # a shorter text, such as `dev`, is the same as a secret by chance
SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|(private|api|access|signing|encryption|master)_?key"
    r"|authorization|connection_?string|kubeconfig|user_?data|(^|_)(pwd|otp|pin|salt|cert_?pem)(_|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenValue:
    """One value as a state has it, and the paths in it that are sensitive; an empty path is all of it."""

    value: JsonValue
    sensitive: tuple[SensitivePath, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The wanted values by address and name of the attribute, and digests of all texts that are sensitive."""

    seen: Mapping[tuple[str, str], SeenValue]
    secrets: frozenset[bytes]


Wanted: TypeAlias = Mapping[str, Collection[str]]  # names of attributes by address
EVERYTHING: tuple[SensitivePath, ...] = ((),)


class ValueReader:
    """Takes the bytes of one state piece by piece, and keeps the wanted values. Raises `ValueError` for what is no JSON."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._resources = ijson.sendable_list()
        self._outputs = ijson.sendable_list()
        self._parsers = (
            ijson.items_coro(self._resources, "resources.item"),
            ijson.kvitems_coro(self._outputs, "outputs"),
        )
        self._found: dict[tuple[str, str], SeenValue] = {}
        self._secrets: set[bytes] = set()

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        try:
            for parser in self._parsers:
                parser.send(piece)
        except PARSER_ERRORS:
            # What ijson says quotes the text, which may be a secret.
            raise ValueError("the state is not JSON") from None
        for resource in self._resources:
            self._take(resource)
        for name, output in self._outputs:
            self._take_output(str(name), output)
        self._resources.clear()
        self._outputs.clear()

    def finish(self) -> Values:
        """Return the values that were wanted."""
        return Values(seen=self._found, secrets=frozenset(self._secrets))

    def _take(self, resource: object) -> None:
        if not isinstance(resource, dict):
            return
        for instance in resource.get("instances") or ():
            address = address_of(resource, instance)
            names = self._wanted.get(address, ())
            attributes = instance.get("attributes") or {}
            for name, value in attributes.items():
                for path in _sensitive(instance, name):
                    self._secrets.update(_digests(_at(value, path)))
            for name in names:
                if name in attributes:
                    self._found[address, name] = SeenValue(
                        value=attributes[name], sensitive=tuple(_sensitive(instance, name))
                    )
                elif name in (instance.get("attributes_flat") or {}):
                    self._found[address, name] = SeenValue(value=None, sensitive=EVERYTHING)

    def _take_output(self, name: str, output: object) -> None:
        address = f"{OUTPUT_PREFIX}{name}"
        if not isinstance(output, dict):
            return
        hidden = output.get("sensitive") is not None and output["sensitive"] is not False
        sensitive = EVERYTHING if hidden or SECRET_NAME.search(name) else ()
        if sensitive:
            self._secrets.update(_digests(output.get("value")))
        if address in self._wanted:
            self._found[address, "value"] = SeenValue(
                value=output.get("value"), sensitive=sensitive
            )


def _sensitive(instance: Mapping[str, object], name: str) -> Iterator[SensitivePath]:
    """Yield the sensitive paths below one attribute; all of it when they cannot be read."""
    paths = instance.get("sensitive_attributes")
    if not isinstance(paths, list) or SECRET_NAME.search(name):
        yield ()
        return
    for path in paths:
        steps = _steps(path)
        if steps is None:
            yield ()
        elif steps[:1] == (name,) or not steps:
            yield steps[1:]


def _steps(path: object) -> SensitivePath | None:
    """Read a path as Terraform 1.11.4 writes it; None for another form."""
    if not isinstance(path, list):
        return None
    steps: list[PathStep] = []
    for step in path:
        match step:
            case {"type": "get_attr", "value": str(name)}:
                steps.append(name)
            case {"type": "index", "value": {"value": str(key)}}:
                steps.append(key)
            case {"type": "index", "value": {"value": int(number)}}:
                steps.append(number)
            case _:
                return None
    return tuple(steps)


def _at(value: JsonValue, path: SensitivePath) -> JsonValue:
    """Return what is at a path; all of it where the path leads nowhere."""
    for step in path:
        match value, step:
            case Mapping(), str() if step in value:
                value = value[step]
            case list(), int() if 0 <= step < len(value):
                value = value[step]
            case _:
                return value
    return value


def _digests(value: JsonValue) -> Iterator[bytes]:
    """Yield the digests of all texts in a value."""
    match value:
        case str() if len(value) >= SECRET_LENGTH_MIN:
            yield _digest(value)
        case Mapping():
            for each in value.values():
                yield from _digests(each)
        case list():
            for each in value:
                yield from _digests(each)
        case _:
            return


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


# As text ------------------------------------------------------------------------------------------


def shown_change(address: str, name: str, before: Values, after: Values) -> tuple[str, str]:
    """Return both values as a person may see them; what is sensitive in one is hidden in both."""
    both = [each.seen.get((address, name)) for each in (before, after)]
    sensitive = [path for each in both if each is not None for path in each.sensitive]
    secrets = before.secrets | after.secrets
    old, new = (
        ABSENT if each is None else _shown(redacted(each.value, sensitive, secrets))
        for each in both
    )
    return old, new


def redacted(
    value: JsonValue, sensitive: Sequence[SensitivePath], secrets: frozenset[bytes] = frozenset()
) -> JsonValue:
    """Return a value with what is at a sensitive path, named as a secret or equal to one, replaced."""
    if any(not path for path in sensitive):
        return SENSITIVE
    if isinstance(value, Mapping):
        if any(not isinstance(path[0], str) for path in sensitive):
            return SENSITIVE  # it was another value when that was written
        return {
            name: SENSITIVE
            if SECRET_NAME.search(name)
            else redacted(each, [path[1:] for path in sensitive if path[0] == name], secrets)
            for name, each in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(path[0], str) for path in sensitive):
            return SENSITIVE  # an element of a set: nobody can tell which
        return [
            redacted(each, [path[1:] for path in sensitive if path[0] == number], secrets)
            for number, each in enumerate(value)
        ]
    if isinstance(value, str) and _digest(value) in secrets:
        return SENSITIVE
    # Something is sensitive inside of what has no inside: then it is not what it was.
    return SENSITIVE if sensitive else value


def _shown(value: JsonValue) -> str:
    text = value if value == SENSITIVE else json.dumps(value, default=float, ensure_ascii=False)
    text = str(text)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}... ({len(text)} characters)"
