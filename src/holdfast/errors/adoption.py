"""Adopting what exists: what keeps `holdfast init` from writing a declaration."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class AccountsMissingError(HoldfastError):
    """Nothing says in which AWS account a backend is, and a declaration needs its id.

    It is taken from the declaration that is there, `allowed_account_ids` of the roots, the role that they assume, or
    the credentials (sts:GetCallerIdentity), in this order. With `--offline` or without credentials the last one is
    not there: name the account yourself. No placeholder is written, since every command that reads the
    declaration would then refuse it.
    """

    slug = "accounts-missing"
    exit_code = ExitCode.USAGE

    def __init__(self, missing: Sequence[tuple[str, str]], *, given: Sequence[str] = ()) -> None:
        count = len(missing)
        backends = "1 backend" if count == 1 else f"{count} backends"
        super().__init__(
            f"the account of {backends} is not known",
            facts=missing,
            world="nothing was written",
            hints=(
                "several accounts were given, and nothing says which backend is in which; give one,"
                " or `allowed_account_ids` in the roots"
                if len(given) > 1
                else "name it: `holdfast init --account 111111111111`",
                "or run it with credentials of the account, and without `--offline`",
            ),
        )


class BackendsUnusableError(HoldfastError):
    """Backends were found, and not one of them can be declared.

    A declaration needs the region and the literal names of each backend, and roots that fit or a bucket that exists.
    """

    slug = "backends-unusable"
    exit_code = ExitCode.USAGE

    def __init__(self, found: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "no backend that was found can be declared",
            facts=found,
            world="nothing was written",
            hints=("`holdfast audit` says more about each of them",),
        )


class DeclarationExistsError(HoldfastError):
    """There is a declaration, and it is yours: it is not overwritten unless you say so.

    `--check` tells what it does not cover, `--print` shows what would be written. With `--force` the new one takes
    its place; accounts, names, wishes and accepted findings of the old one are taken over, its comments are not. The
    old file is kept as `holdfast.yaml.orig`.
    """

    slug = "declaration-exists"
    exit_code = ExitCode.USAGE

    def __init__(self, path: str) -> None:
        super().__init__(
            f"`{path}` exists",
            world="it is as it was",
            hints=(
                "see what it does not cover: `holdfast init --check`",
                "see what would be written: `holdfast init --print`",
                "write it anew and keep a copy: `holdfast init --force`",
            ),
        )


class DraftRefusedError(HoldfastError):
    """What was inferred does not pass the check that every declaration must pass.

    That is a mistake of Holdfast. The facts are those of the check; a report with the roots that they name helps.
    """

    slug = "draft-refused"

    def __init__(self, mistakes: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "the declaration that was inferred cannot be read back",
            facts=mistakes,
            world="nothing was written",
            hints=("please report it; `holdfast init --print` would fail in the same way",),
        )
