"""The team page: every backend and state of the fleet, and what to do with them. Markdown. Pure.

Nothing in it depends on when or where it is made: it changes when the code, the declaration or the cloud does.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdfast.core.backends import Backend, StateUse
from holdfast.core.components import Component, roots_in_common
from holdfast.core.engine_pins import has_tofu
from holdfast.core.facts import Reason
from holdfast.core.findings import Finding, Unjudged
from holdfast.core.fleet import Fleet
from holdfast.core.generated import MARK, GeneratedFile
from holdfast.core.markdown_text import code, command_block, escaped, prose, table
from holdfast.core.repository import Place, Root
from holdfast.core.verdicts import VERDICT_SEVERITY, AuditResult, BackendVerdict
from holdfast.generate.backend_formats import (
    BLOCK_FORMATS,
    BackendFormat,
    format_of_file,
    name_beside,
)
from holdfast.generate.team_page_advice import changes_section, lock_intro, roles_section
from holdfast.generate.team_page_roots import engine_of, init_command, init_lines

NOTICE = f"<!-- {MARK} (`holdfast generate docs`): change the code or the declaration, not this page. -->"
STATUS_HEADER = ("backend", "region", "bucket", "lock table", "setup code", "locking", "verdict")
STATES_HEADER = ("state", "root", "component", "locking")
NO_CODE = "no code"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """One state of a backend: who uses it, and which component it is."""

    key: str
    roots: tuple[str, ...]
    component: str
    locking: str


def team_page(result: AuditResult, *, path: str) -> GeneratedFile:
    """Write the page about all backends of a fleet; `path` is where it is kept."""
    fleet = result.fleet
    components = fleet.components.components if fleet.components is not None else ()
    states = {each.name: _states(each, components) for each in fleet.backends}
    sections = [
        NOTICE,
        "# Terraform backends",
        *_status(result),
        *_states_section(fleet, states),
        *_init_section(fleet, components),
        *lock_intro(fleet.backends),
        *_lock_commands(states),
        *roles_section(fleet.backends),
        *changes_section(fleet.backends),
    ]
    return GeneratedFile(path=path, text="\n\n".join(sections) + "\n")


def _status(result: AuditResult) -> Iterator[str]:
    yield "## Status"
    if not result.rows:
        yield "No root uses S3."
        return
    yield table(STATUS_HEADER, [_status_row(row) for row in result.rows])
    if not result.fleet.online:
        yield (
            "The cloud was not asked: whether buckets and lock tables are there, and how they are set, is not known."
            " `holdfast audit` asks."
        )
    urgent = [each for each in result.findings if each.severity >= VERDICT_SEVERITY]
    if urgent:
        yield "What needs a fix, which `holdfast plan` shows:"
        yield "\n".join(f"- {_finding_words(each)}" for each in urgent)
    unknown = _unknown_lines(result.unjudged)
    if unknown:
        yield "What could not be read:"
        yield "\n".join(f"- {line}" for line in unknown)


def _status_row(row: BackendVerdict) -> tuple[str, ...]:
    return (
        escaped(row.backend),
        escaped(row.region),
        f"{code(row.bucket)} ({row.bucket_words})",
        f"{code(row.table)} ({row.table_words})" if row.table else "none",
        escaped(row.setup_words),
        row.locking,
        f"**{row.verdict.value}**",
    )


def _finding_words(finding: Finding) -> str:
    where = f" ({escaped(finding.backend)})" if finding.backend else ""
    return f"**{finding.severity.word}** {code(finding.rule)}{where}: {prose(finding.hit.message)}"


def _unknown_lines(unjudged: Sequence[Unjudged]) -> list[str]:
    """Return what is missing and for how many rules; the service's own words change from run to run."""
    counts = Counter(
        (
            each.backend,
            f"permission {code(each.withheld.permission)} is missing"
            if each.withheld.reason is Reason.PERMISSION
            else each.withheld.reason.value,
        )
        for each in unjudged
    )
    return [
        f"{escaped(backend) or 'the code'}: {words} ({count} rule{'s' if count > 1 else ''})"
        for (backend, words), count in sorted(counts.items())
    ]


def _states(backend: Backend, components: Sequence[Component]) -> tuple[PageState, ...]:
    """Return the states of a backend, by key: those that code uses, and those of components without code."""
    names = {
        each.key: each.pipeline for each in components if each.backend.bucket == backend.bucket
    }
    uses: dict[str, list[StateUse]] = {}
    for use in backend.uses:
        for key in use.state_keys():
            uses.setdefault(key, []).append(use)
    for key in names:
        uses.setdefault(key, [])
    return tuple(
        PageState(
            key=key,
            roots=tuple(dict.fromkeys(use.root_path for use in users)),
            component=names.get(key, ""),
            locking=", ".join(dict.fromkeys(_locking_of(use) for use in users))
            or backend.locking.value,
        )
        for key, users in sorted(uses.items())
    )


def _locking_of(use: StateUse) -> str:
    return f"{use.locking.value}, {code(use.table)}" if use.table else use.locking.value


def _states_section(fleet: Fleet, states: Mapping[str, tuple[PageState, ...]]) -> Iterator[str]:
    yield "## States"
    for backend in fleet.backends:
        yield f"### {escaped(backend.name)}"
        yield f"In the bucket {code(backend.bucket)}, region {escaped(backend.region or 'unknown')}."
        rows = [
            (
                code(each.key),
                ", ".join(map(code, each.roots)) or NO_CODE,
                escaped(each.component),
                each.locking,
            )
            for each in states[backend.name]
        ]
        yield table(STATES_HEADER, rows) if rows else "No state is known."


def _init_section(fleet: Fleet, components: Sequence[Component]) -> Iterator[str]:
    yield "## Initialise a root"
    yield "At the top of the repository:"
    lines = list(init_lines(fleet.repository))
    known = dict.fromkeys(each.line for each in lines if each.bucket is not None)
    commands = [*known, *_component_lines(fleet, components)]
    yield command_block(commands) if commands else "No root uses S3."


def _component_lines(fleet: Fleet, components: Sequence[Component]) -> Iterator[str]:
    """Yield the commands for components whose backend file is still to be generated."""
    used = {(each.bucket, use.key) for each in fleet.backends for use in each.uses}
    roots: dict[str, Root] = {
        root.path: root for root in fleet.repository.roots if root.place is Place.LIVE
    }
    file = fleet.declaration.layout.file if fleet.declaration is not None else ""
    backend_format = format_of_file(file)
    if backend_format is not BackendFormat.HCL and backend_format not in BLOCK_FORMATS:
        return  # `init` takes no such file
    shared = roots_in_common(components)
    tofu = has_tofu(fleet.repository)
    for each in components:
        if each.root not in roots or (each.backend.bucket, each.key) in used:
            continue
        name = name_beside(each, file, backend_format, shared=each.root in shared)
        engine = engine_of(roots[each.root], tofu_in_repository=tofu)
        arguments = () if backend_format in BLOCK_FORMATS else (f"-backend-config={name}",)
        yield (
            f"holdfast generate backend {shlex.quote(each.pipeline)} --write"
            f" && {init_command(engine, each.root, *arguments)}"
        )


def _lock_commands(states: Mapping[str, tuple[PageState, ...]]) -> Iterator[str]:
    """Yield the commands for each state; a key of several backends says which one is meant."""
    counts = Counter(each.key for known in states.values() for each in known)
    rows: list[tuple[str, ...]] = []
    for backend, known in states.items():
        for each in known:
            which = ("--backend", backend) if counts[each.key] > 1 else ()
            rows.append(
                (
                    code(shlex.join(("holdfast", "locks", "show", each.key, *which))),
                    code(shlex.join(("holdfast", "locks", "break", each.key, *which))),
                )
            )
    if rows:
        yield table(("look", "remove"), rows)
