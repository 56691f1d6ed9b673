"""Where in the code a backend argument is changed, and what is in the way. Pure.

Nothing is guessed: an argument that other roots share, or that is given on a command line, is an obstacle with its place,
and whoever plans refuses before anything is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from holdfast.core.code_edits import ArgumentChange, ArgumentValue, CodePlace
from holdfast.core.repository import Attribute, Configuration, Origin
from holdfast.core.settings import Setting
from holdfast.core.source import SourceSpan

PLACES = {
    Origin.BLOCK: CodePlace.BACKEND_BLOCK,
    Origin.PARTIAL_FILE: CodePlace.PARTIAL_FILE,
    Origin.TERRAGRUNT: CodePlace.REMOTE_STATE,
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something in the code that cannot be edited."""

    span: SourceSpan
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedChange:
    """One change of an argument, and the file and place where it is made; `line` is that of what stands there now."""

    path: str
    place: CodePlace
    change: ArgumentChange
    line: int


def placed_change(
    setting: Setting,
    name: str,
    value: ArgumentValue | None,
    *,
    staying: Iterable[Setting],
    beside: Sequence[str] = ("bucket",),
) -> PlacedChange | Obstacle | None:
    """Return where an argument of a setting becomes `value` (None: is taken out), or what is in the way.

    What is not there yet is put beside the first of `beside` that stands in a file; None when nothing does. `staying` are
    the settings that keep their arguments.
    """
    host = _host(setting.configuration, name, beside)
    if host is None:
        return None
    place = PLACES.get(host.origin)
    if place is None:
        words = f"`{host.name}` is given as an {host.origin}, and not in a file"
        return Obstacle(host.span, words)
    sharing = next((each for each in staying if _shares(each, host)), None)
    if sharing is not None:
        return Obstacle(host.span, f"`{host.name}` is that of `{sharing.root.path}` too")
    change = ArgumentChange(name=name, value=value)
    return PlacedChange(path=host.span.path, place=place, change=change, line=host.span.line)


def has_value(configuration: Configuration, name: str, value: ArgumentValue | None) -> bool:
    """Tell whether an argument is what it is to become already."""
    attribute = configuration.attribute(name)
    if attribute is None:
        return value is None
    return value is not None and configuration.literal(name) == value


def _host(configuration: Configuration, name: str, beside: Sequence[str]) -> Attribute | None:
    own = configuration.attribute(name)
    if own is not None:
        return own
    near = [each for each in map(configuration.attribute, beside) if each is not None]
    in_files = (each for each in near if each.origin in PLACES)
    return next(in_files, near[0] if near else None)


def _shares(setting: Setting, attribute: Attribute) -> bool:
    """Tell whether a setting takes an argument from the same place."""
    theirs = setting.configuration.attribute(attribute.name)
    return theirs is not None and theirs.span == attribute.span and bool(theirs.span.line)
