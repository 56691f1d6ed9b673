"""The arguments of the S3 backend for one component: every one that it needs, and none that its engine refuses.

Versions: `use_lockfile` came with 1.10 of both engines. `allowed_account_ids` and `assume_role` came with
Terraform 1.6, which OpenTofu began with; Terraform 1.10 took the `role_arn` beside them away, OpenTofu keeps it. An
engine refuses an argument that it does not know with `Unsupported argument`, and does nothing.

Of an engine that is pinned it is known what it refuses, and it gets no such argument. A constraint admits engines of
which some may refuse one: the argument stays, since whoever refuses it changes nothing, and whoever
knows it is safer with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT, Locking
from holdfast.core.declaration import DeclaredBackend
from holdfast.core.engine_ranges import EngineRange
from holdfast.core.engine_regions import is_known_region, may_refuse_region
from holdfast.core.engines import LOCKFILE_SINCE, EngineName, Version

ArgumentValue: TypeAlias = "str | bool | Sequence[str] | Mapping[str, str]"

ROLE_OBJECT_SINCE = Version(1, 6)
ROLE_ARGUMENTS_UNTIL = Version(1, 10)
ACCOUNTS_SINCE = Version(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentNote:
    """What was left out, or what an engine may refuse, and the statement that is the reason."""

    words: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendArguments:
    """The arguments in their order, and what is to be said about them."""

    values: Mapping[str, ArgumentValue]
    notes: tuple[ArgumentNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """No arguments do what is declared with the engines that are pinned."""

    reason: str
    hint: str


class _UnfitError(Exception):
    """Carry what does not fit out of the middle of the arguments."""

    def __init__(self, unfit: Unfit) -> None:
        super().__init__(unfit.reason)
        self.unfit = unfit


def backend_arguments(
    backend: DeclaredBackend,
    key: str,
    engines: Sequence[EngineRange] = (),
    *,
    workspace_prefix: str = WORKSPACE_PREFIX_DEFAULT,
) -> BackendArguments | Unfit:
    """Return the arguments for one state, or why there are none that every pinned engine takes.

    `workspace_prefix` is the one that the root has: with another the engine would not find its workspaces.
    """
    choice = _Choice(backend, tuple(engines))
    try:
        values = dict(choice.arguments(key, workspace_prefix))
    except _UnfitError as error:
        return error.unfit
    return BackendArguments(values=values, notes=tuple(dict.fromkeys(choice.notes)))


class _Choice:
    """Chooses arguments for one backend and its engines."""

    def __init__(self, backend: DeclaredBackend, engines: tuple[EngineRange, ...]) -> None:
        self._backend = backend
        self._engines = engines
        self._terraform = tuple(each for each in engines if each.name is EngineName.TERRAFORM)
        self.notes: list[ArgumentNote] = []

    def arguments(self, key: str, workspace_prefix: str) -> Iterator[tuple[str, ArgumentValue]]:
        """Yield each argument with its value."""
        backend = self._backend
        yield "bucket", backend.bucket
        yield "key", key
        if workspace_prefix != WORKSPACE_PREFIX_DEFAULT:
            yield "workspace_key_prefix", workspace_prefix
        yield "region", backend.region
        yield "encrypt", True
        if backend.kms_key is not None:
            yield "kms_key_id", backend.kms_key
        yield from self._locking()
        yield from self._accounts()
        if backend.account.access.profile is not None:
            yield "profile", backend.account.access.profile
        yield from self._role()
        if self._may_refuse_region(backend.region):
            yield "skip_region_validation", True

    def _may_refuse_region(self, region: str) -> bool:
        """Tell whether an engine may not know the region; of an engine that nothing pins nobody can say that it does."""
        if not self._engines:
            return not is_known_region(region)
        return any(may_refuse_region(each, region) for each in self._engines)

    def _locking(self) -> Iterator[tuple[str, ArgumentValue]]:
        locking, table = self._backend.locking, self._backend.table
        lacking = [each for each in self._engines if each.all_before(LOCKFILE_SINCE[each.name])]
        if locking is Locking.LOCKFILE and lacking:
            engine = lacking[0]
            raise _UnfitError(
                Unfit(
                    reason=f"{engine.words}, and does not know `use_lockfile`, the only lock of"
                    f" backend `{self._backend.name}`",
                    hint=f"pin {engine.name.value} {LOCKFILE_SINCE[engine.name]} or newer, or declare"
                    " the backend with `locking: both` and a table",
                )
            )
        if locking.uses_table and table is not None:
            yield "dynamodb_table", table
        if not locking.uses_lockfile:
            return
        if lacking:
            # Still excluded: with locking `both` whoever takes the lock file takes the table's lock too.
            self._left_out("use_lockfile", lacking[0], "the table alone locks there")
            return
        self._may_be_refused("use_lockfile", LOCKFILE_SINCE)
        yield "use_lockfile", True

    def _accounts(self) -> Iterator[tuple[str, ArgumentValue]]:
        lacking = [each for each in self._terraform if each.all_before(ACCOUNTS_SINCE)]
        if lacking:
            rest = "nothing there keeps the credentials of another account out"
            self._left_out("allowed_account_ids", lacking[0], rest)
            return
        self._may_be_refused("allowed_account_ids", {EngineName.TERRAFORM: ACCOUNTS_SINCE})
        yield "allowed_account_ids", (self._backend.account.account,)

    def _role(self) -> Iterator[tuple[str, ArgumentValue]]:
        access = self._backend.account.access
        if access.role_arn is None:
            return
        fields = {
            "role_arn": access.role_arn,
            "external_id": access.external_id,
            "session_name": access.session_name,
        }
        set_fields = {name: value for name, value in fields.items() if value is not None}
        old = [each for each in self._terraform if each.all_before(ROLE_OBJECT_SINCE)]
        if not old:
            self._may_be_refused("assume_role", {EngineName.TERRAFORM: ROLE_OBJECT_SINCE})
            yield "assume_role", set_fields
            return
        new = [each for each in self._terraform if each.all_since(ROLE_ARGUMENTS_UNTIL)]
        if new:
            raise _UnfitError(
                Unfit(
                    reason=f"{old[0].words}, and takes a role as `role_arn` only; {new[0].words},"
                    " and takes it as `assume_role` only",
                    hint="pin one engine, or two of which both are 1.6 or newer",
                )
            )
        yield from set_fields.items()

    def _left_out(self, argument: str, engine: EngineRange, rest: str) -> None:
        words = f"`{argument}` is left out for an engine that does not know it; {rest}"
        self.notes.append(ArgumentNote(words=words, reason=engine.words))

    def _may_be_refused(self, argument: str, since: Mapping[EngineName, Version]) -> None:
        for each in self._engines:
            version = since.get(each.name)
            if version is not None and each.some_before(version):
                words = (
                    f"`{argument}` is refused by {each.name.value} before {version};"
                    f" require {version} or newer"
                )
                self.notes.append(ArgumentNote(words=words, reason=each.words))
