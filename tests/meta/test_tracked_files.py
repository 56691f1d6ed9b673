"""What is committed fits every machine: no path of this one, no address of a package index."""

import re
from pathlib import Path

from tests.support.source_tree import ROOT, shown, tracked_files

# Put together here, so that this file does not contain what it looks for.
INDEX_HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("proxy", "golang", "org"),
    ]
]


def foreign_words(text: str, machine_paths: list[Path]) -> list[str]:
    paths = [rf"(?<![\w./-]){re.escape(str(path))}(?![\w-])" for path in machine_paths]
    hosts = [rf"\b{re.escape(host)}\b" for host in INDEX_HOSTS]
    return sorted({match.group() for match in re.finditer("|".join(paths + hosts), text)})


def machine_paths() -> list[Path]:
    # A path of one part is a word that may well stand in an example.
    return [path for path in (ROOT, Path.home()) if len(path.parts) > 2]


def test_tracked_files_name_no_machine_and_no_index() -> None:
    found = {
        shown(path): foreign_words(
            path.read_text(encoding="utf-8", errors="replace"), machine_paths()
        )
        for path in tracked_files()
    }
    assert {path: words for path, words in found.items() if words} == {}


def test_a_path_of_this_machine_is_noticed() -> None:
    here = Path("/srv/build/holdfast")
    text = "see /srv/build/holdfast/src and ./srv/build/holdfast and /srv/build/holdfast-docs"
    assert foreign_words(text, [here]) == ["/srv/build/holdfast"]


def test_an_address_of_an_index_is_noticed() -> None:
    host = INDEX_HOSTS[0]
    assert foreign_words(f"--index-url https://{host}/simple", []) == [host]
