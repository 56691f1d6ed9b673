"""Which backend keeps the states of which environment, and the components that have to be listed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from holdfast.core.adoption import DraftEnvironment
from holdfast.core.adoption_accounts import ENTRY_NAME
from holdfast.core.adoption_roots import FittingRoot, RootsFound, with_field_renamed
from holdfast.core.component_fields import BACKEND_FIELD, ENVIRONMENT_FIELD, REGION_FIELD

Components = tuple[tuple[tuple[str, str], ...], ...]


def with_backend_field(
    found: RootsFound, declared: Mapping[str, str]
) -> tuple[RootsFound, Mapping[str, str]]:
    """Name the field that decides which bucket a root has, where no environment does.

    With one bucket for each of its values it is the backend itself, and the second result says how each
    bucket's is called; with less, or where backends cannot be called so, it is called the environment. `declared`
    has the names of buckets' backends that were declared before.
    """
    buckets = {each.root.bucket for each in found.fitting}
    has_environment = any(each.field(ENVIRONMENT_FIELD) for each in found.fitting)
    if len(buckets) < 2 or has_environment:  # noqa: PLR2004 - one bucket needs no deciding
        return found, {}
    best: tuple[int, str, dict[str, str]] | None = None
    for name in _names_everywhere(found.fitting):
        bucket_of: dict[str, str] = {}
        if all(
            bucket_of.setdefault(each.field(name) or "", each.root.bucket) == each.root.bucket
            for each in found.fitting
        ):
            candidate = (len(bucket_of), name, bucket_of)
            best = min(best, candidate, key=lambda each: each[:2]) if best else candidate
    if best is None:
        return found, {}
    number, name, bucket_of = best
    names = {bucket: value for value, bucket in bucket_of.items()}
    nameable = all(
        ENTRY_NAME.fullmatch(value) and declared.get(bucket, value) == value
        for bucket, value in names.items()
    )
    if number > len(buckets) or not nameable:
        return with_field_renamed(found, name, ENVIRONMENT_FIELD), {}
    return with_field_renamed(found, name, BACKEND_FIELD), names


def environments_of(
    fitting: Sequence[FittingRoot],
    backend_of_bucket: Mapping[str, str],
    others: Iterable[tuple[str, str | None]],
) -> tuple[DraftEnvironment, ...]:
    """Return the environments of the roots that fit, each with the backend that most of its roots have.

    `others` are environments, with the bucket if there is one, of roots that do not fit: the layout finds
    those too, and an environment that is not declared would be a mistake.
    """
    used: dict[str, Counter[tuple[str | None, str]]] = {}
    for each in fitting:
        environment = each.field(ENVIRONMENT_FIELD)
        if environment is not None:
            region = each.field(REGION_FIELD)
            of_environment = used.setdefault(environment, Counter())
            of_environment[region, backend_of_bucket[each.root.bucket]] += 1
    found = {name: DraftEnvironment(name=name, backends=_choices(used[name])) for name in used}
    alone = next(iter(backend_of_bucket.values())) if len(backend_of_bucket) == 1 else None
    for name, bucket in others:
        backend = backend_of_bucket.get(bucket or "") or alone
        if name not in found and backend is not None:
            found[name] = DraftEnvironment(name=name, backends=((None, backend),))
    return tuple(found[name] for name in sorted(found))


def components_to_list(
    fitting: Sequence[FittingRoot],
    environments: Sequence[DraftEnvironment],
    backend_of_bucket: Mapping[str, str],
) -> Components:
    """Return the components that the layout cannot find: some field is not in the path, or the backend differs.

    A root with one listed component has all of its components listed.
    """
    chosen = {each.name: dict(each.backends) for each in environments}
    listed: dict[str, list[FittingRoot]] = {}
    for each in fitting:
        if each.listed or not each.fields or _other_backend(each, chosen, backend_of_bucket):
            listed[each.root.setting.root.path] = []
    for each in fitting:
        if each.root.setting.root.path in listed:
            listed[each.root.setting.root.path].append(each)
    components = (
        _fields(each, _other_backend(each, chosen, backend_of_bucket), backend_of_bucket)
        for roots in listed.values()
        for each in roots
    )
    return tuple(dict.fromkeys(components))


def _names_everywhere(fitting: Sequence[FittingRoot]) -> list[str]:
    """Return the fields that every root has in its path, in order."""
    names = [name for name, _ in fitting[0].fields]
    return [
        name
        for name in names
        if not any(each.listed for each in fitting) and all(each.field(name) for each in fitting)
    ]


def _choices(counts: Counter[tuple[str | None, str]]) -> tuple[tuple[str | None, str], ...]:
    """Return one backend for all regions where there is one, else the one of most roots in each region."""
    totals: Counter[str] = Counter()
    for (_, backend), number in counts.items():
        totals[backend] += number
    regions = sorted({region for region, _ in counts if region is not None})
    if len(totals) == 1 or not regions:
        return ((None, _most(totals)),)
    of_region = {
        region: Counter({backend: counts[region, backend] for backend in totals})
        for region in regions
    }
    chosen = {region: _most(each) for region, each in of_region.items()}
    if len(set(chosen.values())) == 1:
        return ((None, chosen[regions[0]]),)
    return tuple(chosen.items())


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _other_backend(
    root: FittingRoot,
    environments: Mapping[str, Mapping[str | None, str]],
    backend_of_bucket: Mapping[str, str],
) -> str | None:
    """Return the backend of a root whose fields would lead to another one, or to none."""
    own = backend_of_bucket[root.root.bucket]
    if root.field(BACKEND_FIELD) == own:
        return None
    if not environments:
        return own if len(backend_of_bucket) > 1 else None
    choices = environments.get(root.field(ENVIRONMENT_FIELD) or "", {})
    chosen = choices.get(root.field(REGION_FIELD), choices.get(None))
    return own if chosen != own else None


def _fields(
    root: FittingRoot, backend: str | None, backend_of_bucket: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    if backend is None and not root.fields:  # a component has at least one field
        backend = backend_of_bucket[root.root.bucket]
    return (*root.fields, *(((BACKEND_FIELD, backend),) if backend is not None else ()))
