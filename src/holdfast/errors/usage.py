"""What was asked for, and files: errors of the command line, the declaration and the disk."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class UsageError(HoldfastError):
    """The command line asks for something that does not exist or does not fit together."""

    slug = "usage"
    exit_code = ExitCode.USAGE


class PathNotFoundError(HoldfastError):
    """The directory or file that was named does not exist or cannot be read."""

    slug = "path-not-found"
    exit_code = ExitCode.USAGE

    def __init__(self, path: str, problem: str, *, hint: str = "") -> None:
        super().__init__(
            f"`{path}` cannot be read: {problem}",
            world="nothing was read or changed",
            hints=(
                hint or "give the directory that holds the Terraform code: `holdfast audit PATH`",
            ),
        )


class NothingFoundError(HoldfastError):
    """The directory holds neither backend code nor a declaration, so there is nothing to work on."""

    slug = "nothing-found"
    exit_code = ExitCode.USAGE

    def __init__(self, path: str, *, files_read: int) -> None:
        super().__init__(
            f"no S3 backend was found below `{path}`",
            facts=(("files read", str(files_read)),),
            world="nothing was read from the cloud",
            hints=(
                "run it in the repository that holds the Terraform roots",
                "or write a `holdfast.yaml` with `version`, `accounts` and `backends`",
            ),
        )


class SlugUnknownError(HoldfastError):
    """There is no rule and no error of that name."""

    slug = "slug-unknown"
    exit_code = ExitCode.USAGE

    def __init__(self, slug: str, nearest: Sequence[str]) -> None:
        super().__init__(
            f"there is no rule or error called `{slug}`",
            hints=tuple(f"did you mean `{name}`?" for name in nearest)
            or ("`holdfast explain` lists them all",),
        )


class DeclarationInvalidError(HoldfastError):
    """`holdfast.yaml` has mistakes. All of them are listed at once, each with its place.

    Account ids must be quoted strings of twelve digits, names must be legal in AWS, every component must have a
    key of its own that the engines take, and every setting must be a known one. Nothing is read from AWS while a
    mistake is left. The settings are on the page `docs/reference/declaration.md`.
    """

    slug = "declaration-invalid"
    exit_code = ExitCode.USAGE

    def __init__(self, path: str, mistakes: Sequence[tuple[str, str]]) -> None:
        count = len(mistakes)
        super().__init__(
            f"`{path}` has {count} mistake{'s' if count != 1 else ''}",
            facts=mistakes,
            world="nothing was read from AWS",
        )


class FileNotWrittenError(HoldfastError):
    """A file could not be written; what was there before is still there."""

    slug = "file-not-written"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"`{path}` cannot be written: {problem}", world="the file is as it was")


class OutputNotWrittenError(HoldfastError):
    """The system took only a part of the output, because a disk or quota is full.

    A report that is cut short must not pass for a whole one. What was changed in the cloud until then stays
    changed; every command is safe to run again.
    """

    slug = "output-not-written"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the output cannot be written: {problem}",
            world="what was written of it is incomplete",
            hints=("make room, and run the same command again",),
        )
