"""What differs between two states: outputs, addresses, types and names of attributes, and no value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.core.state_resources import OUTPUT_PREFIX, OUTPUT_VALUE, ResourceInstance


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedResource:
    """An instance that both states have; `attributes` differ, or only one of the states has them."""

    address: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDiff:
    """Addresses that the second state has and the first has not, the reverse, and what changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[ChangedResource, ...]
    unchanged_count: int

    @property
    def is_empty(self) -> bool:
        """Tell whether the resources are the same."""
        return not (self.added or self.removed or self.changed)

    @property
    def wanted(self) -> Mapping[str, tuple[str, ...]]:
        """Return the attributes whose values tell what differs, by address: those that changed, and every other output."""
        outputs = [each for each in (*self.added, *self.removed) if each.startswith(OUTPUT_PREFIX)]
        return dict.fromkeys(outputs, (OUTPUT_VALUE,)) | {
            each.address: each.attributes for each in self.changed
        }


def diff_of(
    before: Mapping[str, ResourceInstance], after: Mapping[str, ResourceInstance]
) -> StateDiff:
    """Compare the instances of two states by address; an address with another type is removed and added."""
    shared = [
        address
        for address in before
        if address in after and before[address].type == after[address].type
    ]
    changed = [
        ChangedResource(address=address, attributes=attributes)
        for address in shared
        if (attributes := _differing(before[address].attributes, after[address].attributes))
    ]
    kept = set(shared)
    return StateDiff(
        added=tuple(sorted(set(after) - kept)),
        removed=tuple(sorted(set(before) - kept)),
        changed=tuple(sorted(changed, key=lambda each: each.address)),
        unchanged_count=len(shared) - len(changed),
    )


def _differing(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[str, ...]:
    names = {*before, *after}
    return tuple(sorted(name for name in names if before.get(name) != after.get(name)))
