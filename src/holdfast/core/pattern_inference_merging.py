"""Several forms of keys as one pattern: what only some of them have becomes optional. Pure.

The form of most keys leads. Another one is taken in when it only adds parts with fields of their own, or lacks
parts that a key can do without. An environment is no such part: it says which backend a state belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from holdfast.core.pattern_inference_alignment import ENVIRONMENT_FIELD, REGION_FIELD
from holdfast.core.pattern_inference_fields import COMPONENT_FIELD, INSTANCE_FIELD

OPTIONAL_MAX = 4  # with more, a pattern explains everything and says nothing
NEVER_OPTIONAL = frozenset({COMPONENT_FIELD, ENVIRONMENT_FIELD})
OFTEN_OPTIONAL = frozenset({INSTANCE_FIELD, REGION_FIELD})
SUPPORT_MIN = 2  # keys without a part, before one that is not often optional is made so


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSegment:
    """One segment of a form: its text as a pattern has it, and the fields in it."""

    text: str
    fields: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyForm:
    """The segments of a form of keys, and how many keys have it."""

    segments: tuple[FormSegment, ...]
    support: int

    def pattern_text(self) -> str:
        """Return the form as the text of a pattern."""
        written: list[str] = []
        begun = False  # whether something that is always there was written
        for number, each in enumerate(self.segments):
            if each.optional:
                written.append(f"[/{each.text}]" if begun else f"[{each.text}/]")
            else:
                written.append(f"/{each.text}" if begun else each.text)
                begun = True
            if number == len(self.segments) - 1 and not begun:
                return ""  # nothing would be left of some keys
        return "".join(written)


def merged_forms(forms: Sequence[KeyForm]) -> KeyForm:
    """Return one form for as many keys as possible; `forms` begin with the one of most keys."""
    lead, *others = forms
    for other in others:
        lead = _merged(lead, other) or lead
    return lead


def _merged(lead: KeyForm, other: KeyForm) -> KeyForm | None:
    """Return the two as one form; None when they are too different."""
    merged: list[FormSegment] = []
    rest = list(other.segments)
    for segment in lead.segments:
        place = next((at for at, each in enumerate(rest) if each.text == segment.text), None)
        if place is not None:
            merged += [replace(each, optional=True) for each in rest[:place]]
            merged.append(segment)
            del rest[: place + 1]
        elif segment.optional or _may_lack(segment, other.support):
            merged.append(replace(segment, optional=True))
        else:
            return None
    merged += [replace(each, optional=True) for each in rest]
    form = KeyForm(segments=tuple(merged), support=lead.support + other.support)
    return form if _is_sound(form) else None


def _may_lack(segment: FormSegment, support: int) -> bool:
    fields = set(segment.fields)
    if not fields or fields & NEVER_OPTIONAL:
        return False
    return support >= SUPPORT_MIN or fields <= OFTEN_OPTIONAL


def _is_sound(form: KeyForm) -> bool:
    """Tell whether optional parts have fields, no field stands twice, and something is always there."""
    optional = [each for each in form.segments if each.optional]
    fields = [name for each in form.segments for name in each.fields]
    return (
        len(optional) < len(form.segments)
        and len(optional) <= OPTIONAL_MAX
        and all(each.fields for each in optional)
        and len(set(fields)) == len(fields)
    )
