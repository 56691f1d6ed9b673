"""A directory is initialised against something else than its code names.

## What it checks
`.terraform/terraform.tfstate` of live roots against every configuration that is certain: type, bucket, key,
region, S3 endpoint, workspace prefix, lock table and lock file. One configuration that agrees is enough. A region, an
endpoint or an argument that the code leaves to `init` is not compared.

## Why it matters
`plan` and `apply` use what is cached, and that is another state or another lock than the code names. The
engines notice a change of the block alone and refuse to go on; when a partial file was changed they say
nothing. Whoever then runs `init -reconfigure` after a change of the place starts from an empty state.

## Fix
When bucket or key differ, find out which of the two places has the state before anything is planned. When only
the lock differs, run `init -reconfigure`: the state stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.core.access import s3_endpoint_in, s3_endpoint_of
from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT
from holdfast.core.cleaning import printable
from holdfast.core.evidence import quoted
from holdfast.core.exclusion import table_name
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import (
    CachedBackend,
    Certainty,
    Computed,
    Configuration,
    LiteralValue,
    Place,
    Root,
)
from holdfast.core.settings import backend_name
from holdfast.core.source import SourceSpan

PLACE_ARGUMENTS = ("bucket", "key", "region", "workspace_key_prefix")
ENDPOINT = "endpoints.s3"
LOCK_ARGUMENTS = ("dynamodb_table", "use_lockfile")
# `config` of the cache holds no region that came from the environment (Terraform 1.11.4).
COMPARED_WHERE_BOTH_SAY = frozenset({"region"})
ADVICE_PLACE = (
    "Find out which of the two places has the state before anything is planned: `init -reconfigure`"
    " forgets the cached one; `holdfast states move` moves a state with its lineage, which `init -migrate-state` begins anew."
)
ADVICE_LOCK = "Run `init -reconfigure`: the state stays where it is, and the lock follows the code."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Difference:
    argument: str
    cached: str
    said: str
    span: SourceSpan


@fleet_rule(Severity.HIGH)
def cached_backend_differs(fleet: Fleet) -> Iterator[Hit]:
    """Compare each live root's cache with its code."""
    for root in fleet.repository.roots:
        cache = root.cache
        if root.place is not Place.LIVE or cache is None or not (root.blocks or root.has_resources):
            continue
        if cache.type != root.backend_type:
            if "s3" in {cache.type, root.backend_type}:
                yield _other_type(root, cache)
        elif cache.type == "s3":
            yield from _other_settings(root, cache, fleet)


def _other_type(root: Root, cache: CachedBackend) -> Hit:
    said = f"`{root.backend_type}`" if root.blocks else "no backend"
    return Hit(
        message=f"`{root.path}` is initialised against `{cache.type}`, and its code names {said}",
        evidence=(
            Evidence(label="cache", text=f"`{cache.type}`", span=SourceSpan(cache.path)),
            Evidence(label="code", text=said, span=root.span),
        ),
        advice=ADVICE_PLACE,
        subject=root.path,
    )


def _other_settings(root: Root, cache: CachedBackend, fleet: Fleet) -> Iterator[Hit]:
    compared = [
        (
            (
                *_differences(cache, configuration, root),
                *_other_endpoint(cache, configuration, root),
            ),
            configuration,
        )
        for configuration in root.configurations
        if configuration.certainty is Certainty.CERTAIN
    ]
    if not compared:
        return
    differences, configuration = min(compared, key=lambda each: len(each[0]))
    if not differences:
        return
    names = quoted(each.argument for each in differences)
    moved = any(each.argument in {*PLACE_ARGUMENTS, ENDPOINT} for each in differences)
    yield Hit(
        message=f"`{root.path}` is initialised with another {names} than its code names",
        evidence=(
            *(
                Evidence(
                    label="cache",
                    text=f"{each.argument} {each.cached}",
                    span=SourceSpan(cache.path),
                )
                for each in differences
            ),
            *(
                Evidence(label="code", text=f"{each.argument} {each.said}", span=each.span)
                for each in differences
            ),
        ),
        advice=ADVICE_PLACE if moved else ADVICE_LOCK,
        subject=root.path,
        backend=backend_name(root, configuration, fleet.backends),
    )


def _differences(
    cache: CachedBackend, configuration: Configuration, root: Root
) -> Iterator[_Difference]:
    complete = configuration.text("bucket") is not None and configuration.text("key") is not None
    for argument in (*PLACE_ARGUMENTS, *LOCK_ARGUMENTS):
        attribute = configuration.attribute(argument)
        if attribute is not None and isinstance(attribute.value, Computed):
            continue
        if attribute is None and not complete:
            continue  # it may have been given to `init` together with what else is missing
        cached = _effective(argument, cache.config.get(argument))
        said = _effective(argument, configuration.literal(argument))
        if argument in COMPARED_WHERE_BOTH_SAY and not (cached and said):
            continue
        if cached != said:
            yield _Difference(
                argument=argument,
                cached=_shown(cached),
                said=_shown(said),
                span=attribute.span if attribute is not None else root.span,
            )


def _other_endpoint(
    cache: CachedBackend, configuration: Configuration, root: Root
) -> Iterator[_Difference]:
    """Yield the S3 endpoint that the code names, where the cache has another store."""
    said, cached = s3_endpoint_of(configuration), s3_endpoint_in(cache.config)
    if said is not None and said != cached:
        named = configuration.attribute("endpoints") or configuration.attribute("endpoint")
        yield _Difference(
            argument=ENDPOINT,
            cached=_shown(cached or ""),
            said=_shown(said),
            span=named.span if named is not None else root.span,
        )


def _effective(argument: str, value: LiteralValue) -> str:
    """Return what a value means for an engine: defaults filled in, equal spellings made one."""
    match argument, value:
        case "workspace_key_prefix", None:
            return WORKSPACE_PREFIX_DEFAULT
        case "use_lockfile", _:
            return "true" if value is True or value == "true" else ""
        case "dynamodb_table", str(text):
            return table_name(text)
        case _, str(text):
            return text
        case _:
            return ""


def _shown(value: str) -> str:
    return f"`{printable(value, length_max=200)}`" if value else "not set"
