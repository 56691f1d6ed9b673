"""The key of a root is not the one that the declaration gives it.

## What it checks
The key of every certain configuration of a live root. Where the root is the one of a component, its key must be
the component's, by the pattern or literally; otherwise it must have the form of `naming.key`, with the values that
`fields` and `environments` allow, or be that of a component. Setup modules may keep their states where they like.

## Why it matters
Keys that follow the pattern cannot collide, and roles that are generated for a component reach its state and no
other. A key off the pattern escapes both, and a backend file that is generated for its root would begin
with an empty state.

## Fix
Move the state to the key that is declared, with `holdfast states move`, which edits the code as well. If the key is right, declare the component whose key it is, with `key` and `root` where no pattern gives them, or correct the pattern.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.component_fields import ComponentFields
from holdfast.core.components import Component
from holdfast.core.declaration import Declaration
from holdfast.core.evidence import quoted, setting_evidence
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.pattern_gaps import fields_lacking, name_choices
from holdfast.core.pattern_matching import PatternMatcher
from holdfast.core.patterns import Pattern
from holdfast.core.settings import certain_settings
from holdfast.core.source import SourceSpan

ADVICE = (
    "Move the state to the declared key with `holdfast states move`, or declare"
    " the component whose key this is."
)


@fleet_rule(Severity.MEDIUM)
def key_off_pattern(fleet: Fleet) -> Iterator[Hit]:
    """Compare each root's key with its component, or with the pattern."""
    declaration = fleet.declaration
    if declaration is None:
        return
    known = fleet.components.components if fleet.components is not None else ()
    setups = {each.path for each in fleet.repository.setup_modules}
    judge = _Judge(declaration, declaration.naming.key, known)
    for backend, settings in certain_settings(fleet):
        for setting in settings:
            use = setting.use
            if use is None or setting.root.path in setups:
                continue
            wrong = judge.mistake(setting.root.path, setting.bucket, use.key)
            if wrong is not None:
                words, evidence = wrong
                yield Hit(
                    message=f"the key `{use.key}` of `{setting.root.path}` {words}",
                    evidence=(setting_evidence(setting, f"`{use.key}`", argument="key"), evidence),
                    advice=ADVICE,
                    subject=setting.root.path,
                    backend=backend.name,
                )


class _Judge:
    """Knows which keys are right."""

    def __init__(
        self, declaration: Declaration, pattern: Pattern | None, components: tuple[Component, ...]
    ) -> None:
        self._declaration = declaration
        self._fields = ComponentFields(declaration)
        self._choices = {**name_choices(declaration), **self._fields.allowed}
        self._matcher = PatternMatcher(pattern, self._choices) if pattern is not None else None
        self._pattern = pattern
        self._states = {(each.backend.bucket, each.key) for each in components}
        self._by_root: dict[str, list[Component]] = {}
        for each in components:
            if each.root is not None:
                self._by_root.setdefault(each.root, []).append(each)

    def mistake(self, root: str, bucket: str, key: str) -> tuple[str, Evidence] | None:
        """Return in words what is wrong with the key of a root, and what it should be; None when it is right."""
        components = self._by_root.get(root)
        if components is None:
            # A component whose root the layout does not place may have its key literally.
            if self._matcher is None or self._pattern is None or (bucket, key) in self._states:
                return None
            fits = self._matcher.match(key) is not None
            return None if fits else self._off_pattern(key, self._pattern)
        keys = [each.key for each in components]
        if key in keys:
            return None
        spans = [each.span for each in components if each.span is not None]
        span = spans[0] if spans else SourceSpan(self._declaration.path)
        names = quoted(dict.fromkeys(keys))
        return (
            f"is not the one that is declared: {names}",
            Evidence(label="declared", text=names, span=span),
        )

    def _off_pattern(self, key: str, pattern: Pattern) -> tuple[str, Evidence]:
        return (
            f"is off the pattern `{pattern}`{self._explanation(key, pattern)}",
            Evidence(
                label="pattern",
                text=f"naming.key: `{pattern}`",
                span=SourceSpan(self._declaration.path),
            ),
        )

    def _explanation(self, key: str, pattern: Pattern) -> str:
        """Say what the key lacks, or which of its values is not known."""
        values = PatternMatcher(pattern, name_choices(self._declaration)).match(key)
        if values is not None:
            mistakes = self._fields.mistakes(values.items())
            return "".join(f": {each.words}" for each in mistakes[:1])
        lacking = fields_lacking(pattern, key, self._choices)
        return f": it has no {' or '.join(f'`{each}`' for each in lacking)}" if lacking else ""
