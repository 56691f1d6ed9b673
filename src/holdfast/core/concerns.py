"""Which findings speak of the backends that were asked for. Pure.

Rules over code look at the whole repository: what is right for one backend depends on its neighbours. Findings
of a backend are told by its name; the others by the files and roots in which a chosen backend is configured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holdfast.core.findings import Finding
from holdfast.core.fleet import Fleet
from holdfast.core.settings import backend_name


def findings_of_chosen(findings: Iterable[Finding], fleet: Fleet) -> Iterator[Finding]:
    """Yield the findings about the chosen backends, all of them where no choice was made."""
    places = frozenset(_places(fleet)) if fleet.chosen else frozenset()
    for finding in findings:
        if not fleet.chosen or finding.backend in fleet.chosen:
            yield finding
        elif not finding.backend:
            shown = {each.span.path for each in finding.hit.evidence if each.span is not None}
            if not places.isdisjoint({finding.hit.subject, *shown}):
                yield finding


def _places(fleet: Fleet) -> Iterator[str]:
    """Yield the roots that use a chosen backend, or may, and the files that say so."""
    for root in fleet.repository.roots:
        for configuration in root.configurations:
            if backend_name(root, configuration, fleet.backends) in fleet.chosen:
                yield root.path
                yield from (block.span.path for block in root.blocks)
                yield from (attribute.span.path for attribute in configuration.attributes)
