"""The code does not say which state a root uses.

## What it checks
Live S3 roots for which no configuration is certain, or one lacks a literal `bucket` or `key`; and expressions
for what decides about state and lock: `bucket`, `key`, `region`, `workspace_key_prefix`, `dynamodb_table` and
`use_lockfile`. Partial files that could belong to the root are listed, and none of them is guessed.

## Why it matters
What is not known is not audited: such a root may share a state with another one, or take no lock, and
nothing here would say so.

## Fix
Put the file that belongs to the root beside its code, or write the `init` line with its `-backend-config` into
a script or workflow without variables in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.cleaning import printable
from holdfast.core.evidence import quoted
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Certainty, Computed, Configuration, Place, Root
from holdfast.core.settings import backend_name

NEEDED = ("bucket", "key")
DECISIVE = (
    "bucket",
    "key",
    "region",
    "workspace_key_prefix",
    "dynamodb_table",
    "use_lockfile",
)
ADVICE_CANDIDATES = (
    "Put the file that belongs to the root beside its code, or write its `init` line without variables"
    " into a script."
)
ADVICE_MISSING = (
    "Give what is missing in the block, in a file beside the code, or literally in the script that runs"
    " `init`."
)


@fleet_rule(Severity.MEDIUM)
def backend_unresolved(fleet: Fleet) -> Iterator[Hit]:
    """Name the live S3 roots whose state is open, with what is known of it."""
    for root in fleet.repository.roots:
        if root.place is not Place.LIVE or root.backend_type != "s3":
            continue
        certain = [each for each in root.configurations if each.certainty is Certainty.CERTAIN]
        if certain:
            yield from _open_root(root, certain, fleet)
        elif root.configurations:
            yield _undecided(root)


def _undecided(root: Root) -> Hit:
    configurations = root.configurations
    return Hit(
        message=f"which of {len(configurations)} files belongs to `{root.path}` is not said"
        if len(configurations) > 1
        else f"whether `{configurations[0].label}` belongs to `{root.path}` is not said",
        evidence=(
            Evidence(label="root", text=f"`{root.path}`", span=root.span),
            *(_candidate(each) for each in configurations),
        ),
        advice=ADVICE_CANDIDATES,
        subject=root.path,
    )


def _candidate(configuration: Configuration) -> Evidence:
    named = configuration.attribute("bucket") or configuration.attribute("key")
    state = "/".join(configuration.text(name) or "…" for name in NEEDED)
    return Evidence(
        label="candidate",
        text=f"`{configuration.label}`: `{state}`",
        span=named.span if named is not None else None,
    )


def _open_root(root: Root, configurations: Sequence[Configuration], fleet: Fleet) -> Iterator[Hit]:
    found = [
        (configuration, argument)
        for configuration in configurations
        for argument in DECISIVE
        if _is_open(configuration, argument)
    ]
    if not found:
        return
    open_arguments = {argument for _, argument in found}
    names = quoted(name for name in DECISIVE if name in open_arguments)
    backends = {backend_name(root, configuration, fleet.backends) for configuration, _ in found}
    yield Hit(
        message=f"{names} of `{root.path}` cannot be read from the code",
        evidence=tuple(_open_argument(root, *each) for each in found),
        advice=ADVICE_MISSING,
        subject=root.path,
        backend=backends.pop() if len(backends) == 1 else "",
    )


def _is_open(configuration: Configuration, argument: str) -> bool:
    attribute = configuration.attribute(argument)
    if attribute is not None and isinstance(attribute.value, Computed):
        return True
    return argument in NEEDED and configuration.text(argument) is None


def _open_argument(root: Root, configuration: Configuration, argument: str) -> Evidence:
    attribute = configuration.attribute(argument)
    with_label = f" with `{configuration.label}`" if configuration.label else ""
    words = f"`{argument}` is not set{with_label}"
    if attribute is not None:
        words = f"`{argument}` is empty or no text"
        if isinstance(attribute.value, Computed):
            words = f"`{argument} = {printable(attribute.value.expression, length_max=120)}`"
    return Evidence(
        label="root",
        text=words,
        span=attribute.span if attribute is not None else root.span,
    )
