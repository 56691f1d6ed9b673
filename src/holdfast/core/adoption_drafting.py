"""Make the draft of a declaration from a fleet: what exists keeps its name, and patterns say what they can. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace

from holdfast.core.adoption import (
    Adoption,
    Draft,
    DraftAccount,
    DraftBackend,
    Misfit,
    MissingAccount,
)
from holdfast.core.adoption_accounts import (
    AccountEvidence,
    account_of,
    backend_names,
    named_accounts,
)
from holdfast.core.adoption_backends import (
    BackendEvidence,
    declared_counterparts,
    draft_backend,
    is_of_convention_alone,
    left_out,
    named_things,
    second_tables,
)
from holdfast.core.adoption_convention import Convention, convention_of
from holdfast.core.adoption_environments import (
    components_to_list,
    environments_of,
    with_backend_field,
)
from holdfast.core.adoption_layout import file_of, setup_pattern
from holdfast.core.adoption_literals import adopted_root, without_literal_ones
from holdfast.core.adoption_roots import FittingRoot, RootsFound, misfit_of, roots_found
from holdfast.core.component_fields import ENVIRONMENT_FIELD
from holdfast.core.declaration import DeclaredBackend
from holdfast.core.fleet import Fleet
from holdfast.core.pattern_inference_names import gives, organization_of
from holdfast.core.pattern_matching import match
from holdfast.core.repository import Place

BUCKET_NOT_TAKEN = "its bucket is not taken over"


def adoption_of(
    fleet: Fleet, *, accounts_given: Sequence[str] = ()
) -> Adoption | tuple[MissingAccount, ...]:
    """Return the draft for a fleet, or the backends of which nobody knows the account.

    `accounts_given` are ids that the user named; one is taken for every backend that nothing else speaks of.
    """
    found, literal = without_literal_ones(roots_found(fleet.repository), fleet)
    declared = declared_counterparts(fleet)
    evidence, misfits = _taken_over(fleet, found)
    accounts: dict[str, AccountEvidence] = {}
    missing: list[MissingAccount] = []
    for bucket, each in evidence.items():
        account = account_of(each.backend, each.observed, declared.get(bucket), accounts_given)
        if isinstance(account, MissingAccount):
            missing.append(account)
        else:
            accounts[bucket] = account
    if missing:
        return tuple(missing)
    drafting = _Drafting(fleet, _within(found, evidence), evidence, accounts, declared)
    adoption = drafting.adoption(misfits)
    return replace(adoption, roots=(*adoption.roots, *literal))


def _taken_over(
    fleet: Fleet, found: RootsFound
) -> tuple[Mapping[str, BackendEvidence], tuple[Misfit, ...]]:
    """Return the backends that the draft takes over, by bucket, and what does not fit."""
    fitting = Counter(each.root.bucket for each in found.fitting)
    used = fitting + Counter(each.bucket for each, _ in found.unfitting)
    taken: dict[str, BackendEvidence] = {}
    misfits = list(found.misfits)
    declared = fleet.declaration.backends if fleet.declaration is not None else ()
    conventional = {each.bucket for each in declared if is_of_convention_alone(each, fleet)}
    for backend in fleet.backends:
        evidence = BackendEvidence(
            backend=backend,
            observed=fleet.observation_of(backend),
            roots=used[backend.bucket],
            fitting=fitting[backend.bucket],
        )
        elsewhere = fitting.total() - evidence.fitting
        reason = (
            "a bucket of the same name is behind another endpoint"
            if backend.bucket in taken
            else left_out(
                evidence,
                fitting_elsewhere=elsewhere,
                of_convention_alone=backend.bucket in conventional,
            )
        )
        if reason is None:
            taken[backend.bucket] = evidence
            misfits += second_tables(evidence)
        else:
            facts = [("bucket", backend.bucket), *(("lock table", each) for each in backend.tables)]
            misfits.append(Misfit(subject=backend.bucket, facts=tuple(facts), reason=reason))
    misfits += [
        misfit_of(each.root.setting, BUCKET_NOT_TAKEN)
        for each in found.fitting
        if each.root.bucket not in taken
    ]
    return taken, tuple(misfits)


def _within(found: RootsFound, taken: Mapping[str, BackendEvidence]) -> RootsFound:
    """Count the roots of other backends among those that do not fit."""
    fitting = tuple(each for each in found.fitting if each.root.bucket in taken)
    strangers = tuple(
        (each.root, BUCKET_NOT_TAKEN) for each in found.fitting if each.root.bucket not in taken
    )
    return replace(found, fitting=fitting, unfitting=(*found.unfitting, *strangers))


class _Drafting:
    """Makes one draft."""

    def __init__(
        self,
        fleet: Fleet,
        found: RootsFound,
        evidence: Mapping[str, BackendEvidence],
        accounts: Mapping[str, AccountEvidence],
        declared: Mapping[str, DeclaredBackend],
    ) -> None:
        self._fleet = fleet
        self._declared = declared
        self._evidence = evidence
        self._backends = [each.backend for each in evidence.values()]
        declared_names = {bucket: each.name for bucket, each in declared.items()}
        self._found, chosen = with_backend_field(found, declared_names)
        self._accounts = named_accounts(accounts, self._environments_by_bucket(), fleet.declaration)
        chosen = {**chosen, **declared_names}
        self._names = backend_names(
            self._backends,
            self._accounts,
            chosen=chosen,
            environments=self._environments_by_bucket(),
        )

    def adoption(self, misfits: Sequence[Misfit]) -> Adoption:
        """Return the draft with everything that does not fit."""
        declaration = self._fleet.declaration
        backends = [
            draft_backend(
                evidence,
                name=self._names[bucket],
                account=self._accounts[bucket],
                declared=self._declared.get(bucket),
            )
            for bucket, evidence in self._evidence.items()
        ]
        accounts = {each.name: each for each in self._accounts.values()}
        organization = self._organization(backends)
        buckets = named_things(backends, accounts, organization, tables=False)
        tables = named_things(backends, accounts, organization, tables=True)
        convention = convention_of(declaration, buckets, tables, self._found)
        drafted = self._with_patterns(backends, accounts, organization, convention)
        draft = self._draft(drafted, tuple(accounts.values()), organization, convention)
        return Adoption(
            draft=draft,
            roots=tuple(adopted_root(each.root, each.fields) for each in self._found.fitting),
            misfits=tuple(misfits),
            disagreements=convention.disagreements,
        )

    def _draft(
        self,
        backends: Sequence[DraftBackend],
        accounts: tuple[DraftAccount, ...],
        organization: str | None,
        convention: Convention,
    ) -> Draft:
        declaration = self._fleet.declaration
        inference, fitting = self._found.inference, self._found.fitting
        exceptions = tuple(self._exceptions())
        others = self._other_environments(dict(exceptions))
        environments = environments_of(fitting, self._names, others)
        components = components_to_list(fitting, environments, self._names)
        written = {each.name for each in environments}
        names = set(self._names.values())
        return Draft(
            organization=organization,
            bucket_pattern=convention.bucket,
            table_pattern=convention.table,
            key_pattern=convention.key if fitting else None,
            pipeline_pattern=declaration.naming.pipeline if declaration is not None else None,
            accounts=accounts,
            backends=tuple(backends),
            environments=(
                *environments,
                *convention.environments_kept(written, names),
            ),
            roots=inference.roots if fitting else (),
            exceptions=exceptions if fitting else (),
            setup=setup_pattern(self._fleet, backends, accounts, organization),
            file=file_of([each.root for each in fitting]),
            components=(
                *components,
                *convention.components_kept((*components, *(each.fields for each in fitting))),
            ),
            fields=convention.fields,
            baseline=declaration.baseline if declaration is not None else None,
            ignores=declaration.ignores if declaration is not None else (),
        )

    def _organization(self, backends: Sequence[DraftBackend]) -> str | None:
        declaration = self._fleet.declaration
        if declaration is not None and declaration.organization is not None:
            return declaration.organization
        names = [
            name for each in backends for name in (each.bucket, each.table) if name is not None
        ]
        return organization_of(names)

    def _with_patterns(
        self,
        backends: Sequence[DraftBackend],
        accounts: Mapping[str, DraftAccount],
        organization: str | None,
        convention: Convention,
    ) -> tuple[DraftBackend, ...]:
        """Leave out the names that the patterns give anyway."""
        buckets = named_things(backends, accounts, organization, tables=False)
        tables = {
            each.name: thing
            for each in backends
            for thing in named_things([each], accounts, organization, tables=True)
        }
        return tuple(
            replace(
                each,
                bucket_literal=not gives(convention.bucket, bucket),
                table_literal=each.name in tables
                and not gives(convention.table, tables[each.name]),
            )
            for each, bucket in zip(backends, buckets, strict=True)
        )

    def _environments_by_bucket(self) -> Mapping[str, frozenset[str]]:
        environments: dict[str, frozenset[str]] = {}
        for each in self._found.fitting:
            name = each.field(ENVIRONMENT_FIELD)
            if name is not None:
                found = environments.get(each.root.bucket, frozenset())
                environments[each.root.bucket] = found | {name}
        return environments

    def _exceptions(self) -> Iterator[tuple[str, str]]:
        """Yield the roots that are no components, and why: the layout must not take them for some."""
        fitting = _paths(self._found.fitting)
        found: dict[str, str] = {}
        declaration = self._fleet.declaration
        for path in declaration.layout.exceptions if declaration is not None else ():
            found[path] = "left out before"
        for each, reason in self._found.unfitting:
            found.setdefault(each.use.root_path, reason)
        for root in self._fleet.repository.roots:
            other = root.backend_type if root.blocks else "s3"
            if root.place is Place.LIVE and other != "s3" and self._is_found(root.path):
                found.setdefault(root.path, f"its backend is `{other}`")
        yield from sorted((path, why) for path, why in found.items() if path not in fitting)

    def _is_found(self, path: str) -> bool:
        return any(match(each, path) is not None for each in self._found.inference.roots)

    def _other_environments(self, exceptions: Container[str]) -> Iterator[tuple[str, str | None]]:
        """Yield the environments of the other roots that the layout finds."""
        fitting = _paths(self._found.fitting)
        for root in self._fleet.repository.roots:
            if root.place is not Place.LIVE or root.path in fitting or root.path in exceptions:
                continue
            for pattern in self._found.inference.roots:
                values = match(pattern, root.path)
                if values is not None and ENVIRONMENT_FIELD in values:
                    yield values[ENVIRONMENT_FIELD], None
                    break


def _paths(fitting: Sequence[FittingRoot] | Iterator[FittingRoot]) -> set[str]:
    return {each.root.setting.root.path for each in fitting}
