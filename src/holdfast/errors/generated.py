"""Generated files: what keeps them from being written, and what is not known that they need."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class DeclarationMissingError(HoldfastError):
    """A command that works from the declaration found none.

    `holdfast.yaml` is looked for in the current directory and in those above it; `--declaration FILE` names another.
    """

    slug = "declaration-missing"
    exit_code = ExitCode.USAGE

    def __init__(self, name: str, directory: str) -> None:
        super().__init__(
            f"there is no `{name}` in `{directory}` or above it",
            world="nothing was written",
            hints=(
                "write one from the code and the cloud that are there: `holdfast init`",
                "or name another: `--declaration FILE`",
            ),
        )


class ComponentsInvalidError(HoldfastError):
    """Components do not fit the declaration: a value that is not declared, no backend, two with one key.

    Components are those listed in the declaration and the roots whose path has the form that `layout.roots`
    gives. All that is wrong with those that are asked for is listed at once, and nothing is generated for them until it is
    mended. A component that is asked for alone is generated all the same, with a warning for each of the others.
    """

    slug = "components-invalid"
    exit_code = ExitCode.USAGE

    def __init__(self, path: str, mistakes: Sequence[tuple[str, str]]) -> None:
        count = len(mistakes)
        super().__init__(
            f"`{path}` has {count} mistake{'s' if count != 1 else ''} in its components",
            facts=mistakes,
            world="nothing was written",
        )


class ComponentUnknownError(HoldfastError):
    """There is no such component, or a field has a value that the declaration does not know.

    The names and values that there are are listed, the most alike first.
    """

    slug = "component-unknown"
    exit_code = ExitCode.USAGE

    def __init__(self, mistakes: Sequence[tuple[str, str, str | None]]) -> None:
        alone = len(mistakes) == 1
        super().__init__(
            mistakes[0][1]
            if alone
            else f"{len(mistakes)} things about the component are not known",
            facts=() if alone else [(f"`{subject}`", words) for subject, words, _ in mistakes],
            world="nothing was written",
            hints=[f"did you mean `{near}`?" for _, _, near in mistakes if near is not None],
        )


class DotenvValueError(HoldfastError):
    """A value cannot stand in a dotenv file so that all of its readers read the same.

    GitLab and `docker run --env-file` take quotes for a part of the value, so that the file has none. Without quotes a `#`
    begins a comment for some readers, a `$` a variable and a backslash an escape, and a value ends with its line.
    """

    slug = "dotenv-value"
    exit_code = ExitCode.USAGE

    def __init__(self, name: str, value: str) -> None:
        super().__init__(
            f"the value of `{name}` cannot stand in a dotenv file",
            facts=[("value", repr(value))],
            world="nothing was written",
            hints=("another format carries every value: `--format arguments` or `--format json`",),
        )


class EngineUnfitError(HoldfastError):
    """What is declared cannot be had with the engine that is pinned.

    An engine before 1.10 does not know `use_lockfile`: a backend that is locked by lock files alone would not be
    locked there. Terraform before 1.6 takes a role in one way only, since 1.10 in another way only. Nothing
    weaker is written instead.
    """

    slug = "engine-unfit"
    exit_code = ExitCode.USAGE

    def __init__(self, unfit: Sequence[tuple[str, str]], *, hints: Sequence[str]) -> None:
        count = len(unfit)
        super().__init__(
            f"the engines that are pinned do not fit {count} component{'s' if count != 1 else ''}",
            facts=unfit,
            world="nothing was written",
            hints=hints,
        )


class FilesRefusedError(HoldfastError):
    """Files that somebody wrote or edited by hand stand where files would be generated.

    A file bears a mark with a digest when Holdfast has written it. One without the mark was written by hand, one
    whose content does not fit the digest was edited since. Both are kept until you say `--force`, and so is a policy in
    JSON that says something else: there is no room for a mark in it, and nobody can tell who wrote it. `--force`
    keeps a copy beside the file as `NAME.orig`. A directory, a link out of the tree or a file that cannot be read is
    never replaced. When one file is refused, none is written.
    """

    slug = "files-refused"

    def __init__(self, refused: Sequence[tuple[str, str]], *, forceable: bool) -> None:
        count = len(refused)
        kept = f"{count} files are" if count != 1 else "1 file is"
        super().__init__(
            f"{kept} in the way of generated ones",
            facts=refused,
            world="nothing was written",
            hints=(
                "look at the difference with `--check`",
                "write them all the same, and keep copies as `NAME.orig`, with `--write --force`",
            )
            if forceable
            else ("move what is in the way, and run the same command again",),
        )


class StateLeftBehindError(HoldfastError):
    """A generated backend would look for a state in another place than the one where it is.

    A configuration that somebody wrote by hand, and that the root is certainly initialised with, names another bucket,
    key or `workspace_key_prefix` than the declaration yields; or the file that was generated before names another one, or
    another region. With the generated file the engine would find nothing there and plan to create everything again, or
    lock in another table. Nothing is written until the declaration gives the place that is in use, or the state was
    moved, or you say `--force` because you move it yourself. Without `--write` it is a note.
    """

    slug = "state-left-behind"

    def __init__(self, moves: Sequence[tuple[str, str]]) -> None:
        count = len({root for root, _ in moves})
        super().__init__(
            f"{count} root{'s have their states' if count != 1 else ' has its state'} in another place"
            " than the generated backend says",
            facts=moves,
            world="nothing was written",
            hints=(
                "move the state first: `holdfast states move`",
                "or declare where it is, with `naming.key` or the backend's `bucket`",
                "write the file all the same, and move the state yourself, with `--write --force`",
            ),
        )


class RootsUnreadableError(HoldfastError):
    """A file in a root cannot be read, so that it is not known what the generated backend would have to keep.

    What the code of a root says of its engine and of its `workspace_key_prefix` decides what is generated for it. A file
    that is not valid could say either. Nothing is written until the file is mended, or you say `--force`.
    """

    slug = "roots-unreadable"

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        count = len(problems)
        super().__init__(
            f"{count} file{'s' if count != 1 else ''} of the roots cannot be read",
            facts=problems,
            world="nothing was written",
            hints=(
                "mend the code: the engine refuses it as well",
                "write all the same, by what the other files say, with `--write --force`",
            ),
        )
