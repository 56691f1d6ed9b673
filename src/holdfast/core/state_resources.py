"""The resources and outputs of a state as its bytes come in: addresses, and a digest of each attribute, not its value. Pure.

Source: the format version 4 of Terraform 1.11.4. A resource has `module`, `mode`, `type`, `name` and `instances`; an
instance has `index_key`, `deposed` and `attributes` (older ones `attributes_flat`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import ijson

from holdfast.core.state_reading import PARSER_ERRORS, Scalar

ATTRIBUTE_DIGEST_BYTES = 16
INSTANCE_DEPTH = 4  # resources, item, instances, item
RESOURCE_DEPTH = 2  # resources, item
OUTPUT_DEPTH = 3  # outputs, name, value
OUTPUT_VALUE = "value"
OUTPUT_PREFIX = "output."
RESOURCE_NAMES = frozenset({"module", "mode", "type", "name"})
INSTANCE_NAMES = frozenset({"index_key", "deposed"})
ATTRIBUTES = frozenset({"attributes", "attributes_flat"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceInstance:
    """One instance of a resource: its type, and a digest of each of its attributes."""

    type: str
    attributes: Mapping[str, bytes]


@dataclass(slots=True)
class _Instance:
    names: dict[str, Scalar] = field(default_factory=dict)
    attributes: dict[str, bytes] = field(default_factory=dict)


class ResourceReader:
    """Takes the bytes of one state piece by piece, and keeps no value. Raises `ValueError` for what is not JSON."""

    def __init__(self) -> None:
        self._events = ijson.sendable_list()
        self._parser = ijson.basic_parse_coro(self._events)
        self._path: list[str | None] = []  # names, None for an item of an array
        self._is_array: list[bool] = []
        self._resource: dict[str, Scalar] = {}
        self._instances: list[_Instance] = []
        self._digest: hashlib.blake2b | None = None
        self._found: dict[str, ResourceInstance] = {}

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._parse(piece)

    def finish(self) -> Mapping[str, ResourceInstance]:
        """Return the outputs as `output.NAME` and the instances by address, in the order of the state."""
        self._parse(b"")
        return self._found

    def _parse(self, piece: bytes) -> None:
        try:
            if piece:
                self._parser.send(piece)
            else:
                self._parser.close()
        except PARSER_ERRORS:
            # What ijson says quotes the text, which may be a secret.
            raise ValueError("the state is not JSON") from None
        for event, value in self._events:
            self._take(event, value)
        self._events.clear()

    def _take(self, event: str, value: Scalar) -> None:
        match event:
            case "map_key":
                self._path[-1] = str(value)
                self._hash(event, value)
            case "start_map" | "start_array":
                self._open(event)
            case "end_map" | "end_array":
                self._close(event)
            case _:
                self._begin_attribute()
                self._hash(event, value)
                self._keep(value)
                self._end_attribute()

    def _open(self, event: str) -> None:
        if self._is_at(INSTANCE_DEPTH) and event == "start_map":
            self._instances.append(_Instance())
        self._begin_attribute()
        self._hash(event, None)
        self._path.append(None)
        self._is_array.append(event == "start_array")

    def _close(self, event: str) -> None:
        self._path.pop()
        self._is_array.pop()
        self._hash(event, None)
        self._end_attribute()
        if self._is_at(RESOURCE_DEPTH) and event == "end_map":
            self._end_resource()

    def _is_at(self, depth: int) -> bool:
        """Tell whether the value that begins or ends here is a resource, or an instance."""
        names = ("resources", None, "instances", None)[:depth]
        return tuple(self._path) == names

    @property
    def _attribute(self) -> str | None:
        """Return the attribute or the output whose value begins or ends here; None elsewhere."""
        path = self._path
        if self._is_output:
            return OUTPUT_VALUE
        inside = (
            len(path) == INSTANCE_DEPTH + 2 and path[0] == "resources" and path[2] == "instances"
        )
        return path[-1] if inside and path[INSTANCE_DEPTH] in ATTRIBUTES else None

    @property
    def _is_output(self) -> bool:
        path = self._path
        return len(path) == OUTPUT_DEPTH and path[0] == "outputs" and path[-1] == OUTPUT_VALUE

    def _begin_attribute(self) -> None:
        if self._attribute is not None:
            self._digest = hashlib.blake2b(digest_size=ATTRIBUTE_DIGEST_BYTES)

    def _hash(self, event: str, value: Scalar) -> None:
        if self._digest is not None:
            self._digest.update(json.dumps([event, value], default=str).encode())

    def _end_attribute(self) -> None:
        name = self._attribute
        if name is None or self._digest is None:
            return
        if self._is_output:
            self._found[f"{OUTPUT_PREFIX}{self._path[1]}"] = ResourceInstance(
                type=OUTPUT_PREFIX, attributes={name: self._digest.digest()}
            )
            self._digest = None
        elif self._instances:
            self._instances[-1].attributes[name] = self._digest.digest()
            self._digest = None

    def _keep(self, value: Scalar) -> None:
        path = self._path
        if (
            len(path) == RESOURCE_DEPTH + 1
            and path[0] == "resources"
            and path[-1] in RESOURCE_NAMES
        ):
            self._resource[str(path[-1])] = value
        is_instance = len(path) == INSTANCE_DEPTH + 1 and path[2] == "instances"
        if is_instance and path[-1] in INSTANCE_NAMES and self._instances:
            self._instances[-1].names[str(path[-1])] = value

    def _end_resource(self) -> None:
        for instance in self._instances:
            address = address_of(self._resource, instance.names)
            self._found[address] = ResourceInstance(
                type=str(self._resource.get("type", "")), attributes=instance.attributes
            )
        self._resource, self._instances = {}, []


def address_of(resource: Mapping[str, object], names: Mapping[str, object]) -> str:
    """Return the address as the engines print it: `module.a.data.aws_x.b["key"]`."""
    module = f"{resource['module']}." if resource.get("module") else ""
    mode = "data." if resource.get("mode") == "data" else ""
    index = names.get("index_key")
    shown = "" if index is None else f"[{json.dumps(index, default=str)}]"
    deposed = f" (deposed {names['deposed']})" if names.get("deposed") else ""
    return f"{module}{mode}{resource.get('type')}.{resource.get('name')}{shown}{deposed}"
