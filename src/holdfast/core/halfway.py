"""Roots that a stopped move has left between two files: the bucket is that of one place, the key that of the other. Pure.

Bucket and key can stand in two files, and files are written one after the other. Until both are, the code names a place
that is neither the old nor the new one, where an engine would find no state and build everything a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.core.backend_switch import BackendSwitch, SettingsByState
from holdfast.core.settings import Setting

MixedSettings: TypeAlias = Mapping[tuple[str, str], Sequence[Setting]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Halfway:
    """The settings that name one place between the two of a move, by bucket and key."""

    bucket: str
    key: str
    settings: tuple[Setting, ...]


def settings_of_two_files(settings: Sequence[Setting]) -> MixedSettings:
    """Return the settings whose bucket and key stand in different files, by both: only those can be left between."""
    found: dict[tuple[str, str], list[Setting]] = {}
    for each in settings:
        bucket = each.configuration.attribute("bucket")
        key, name = each.configuration.attribute("key"), each.configuration.text("key")
        if each.certain and bucket and key and name and bucket.span.path != key.span.path:
            found.setdefault((each.bucket, name), []).append(each)
    return found


def halfway_of(switch: BackendSwitch, mixed: MixedSettings) -> Iterator[Halfway]:
    """Yield what may be between the two places of a way, if no code names the new one.

    Where some does, another root may well have come to such a place by itself.
    """
    if switch.arrived or switch.source.bucket == switch.target.bucket:
        return
    if switch.source_key == switch.target_key:
        return
    for bucket, key in (
        (switch.source.bucket, switch.target_key),
        (switch.target.bucket, switch.source_key),
    ):
        settings = tuple(mixed.get((bucket, key), ()))
        if settings:
            yield Halfway(bucket=bucket, key=key, settings=settings)


def counted_back(
    by_state: SettingsByState, switch: BackendSwitch, settings: Sequence[Setting]
) -> SettingsByState:
    """Return settings by their states, with those of one way that are halfway where they were."""
    taken = set(map(id, settings))
    left = {
        state: tuple(each for each in named if id(each) not in taken)
        for state, named in by_state.items()
    }
    source = (switch.source.name, switch.source_key)
    return {
        **{state: named for state, named in left.items() if named},
        source: (*left.get(source, ()), *settings),
    }


def halfway_moving(switch: BackendSwitch) -> Iterator[Setting]:
    """Yield the settings that move with a way and name a place between its two."""
    for each in switch.moving:
        use = each.use
        if use is not None and (each.bucket, use.key) != (switch.source.bucket, switch.source_key):
            yield each
