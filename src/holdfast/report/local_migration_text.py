"""What the migration of local states would do and what it did, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.local_migration import LocalStateToMigrate, RootMigration
from holdfast.core.state_content import content_words
from holdfast.report.code_edits_text import edit_lines
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines
from holdfast.report.generated_files_text import difference_text
from holdfast.report.states_text import size_words


def local_migration_text(roots: Sequence[RootMigration], *, ink: Ink = PLAIN) -> str:
    """Lay out every state with its way, and the code that changes."""
    return "\n".join("\n".join(_root_lines(each, ink)) for each in roots)


def _root_lines(migration: RootMigration, ink: Ink) -> Iterator[str]:
    for state in migration.states:
        yield ink(printable(state.path), Colour.BOLD)
        facts = [
            ("to", f"{migration.bucket}/{state.target_key}"),
            ("it holds", _content(state)),
            ("it is", state.standing.value),
            ("stays", f"the local file, as `{state.kept_as}`"),
        ]
        yield from fact_lines([(label, printable(words)) for label, words in facts])
    yield from edit_lines(migration.edits, ink=ink)
    difference = difference_text(migration.files, ink=ink).rstrip("\n")
    if difference:
        yield ""
        yield difference
    if not (migration.edits or difference):
        yield f"no code is changed: `{printable(migration.root)}` names the backend already"


def _content(state: LocalStateToMigrate) -> str:
    return f"{content_words(state.local.content)}, {size_words(state.local.size_bytes)}"


def left_alone_lines(left: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Say which roots with a local state are left alone, and why."""
    for root, words in left:
        yield f"left alone: `{printable(root)}`: {printable(words)}"


def local_migration_end_lines(
    migration: RootMigration, *, files: int, kept: Sequence[str]
) -> Iterator[str]:
    """Say what was done for one root."""
    yield (
        f"{counted(len(migration.states), 'state')} of `{printable(migration.root)}` migrated,"
        f" {counted(files, 'file')} of code changed; the local state is kept as"
    )
    for path in kept:
        yield f"  {printable(path)}"
