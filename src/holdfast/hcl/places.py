"""Tell live code from code that only shows something, by the names of its directories."""

from __future__ import annotations

from collections.abc import Callable, Container

from holdfast.core.repository import Place

EXAMPLE_DIRECTORIES = frozenset(
    [
        "__fixtures__",
        "__tests__",
        "doc",
        "docs",
        "documentation",
        "example",
        "examples",
        "fixture",
        "fixtures",
        "mock",
        "mocks",
        "sample",
        "samples",
        "spec",
        "specs",
        "template",
        "templates",
        "test-fixtures",
        "test_data",
        "testdata",
        "tests",
        "tutorial",
        "tutorials",
    ]
)
# An environment can bear these names as well: the directories around them decide.
AMBIGUOUS_DIRECTORIES = frozenset(["demo", "test", "testing"])
ENVIRONMENTS = frozenset(
    [
        "dev",
        "develop",
        "development",
        "integration",
        "live",
        "nonprod",
        "preprod",
        "prod",
        "production",
        "qa",
        "stage",
        "staging",
        "uat",
    ]
)
ENVIRONMENT_PARENTS = frozenset(
    ["account", "accounts", "env", "environment", "environments", "envs", "live", "stages"]
)


def place_of(path: str, directories_in: Callable[[str], Container[str]]) -> Place:
    """Return the place of a directory, given relative to the scanned one, which never counts.

    `directories_in` names the directories in a directory: `test` between `dev` and `prod` is an
    environment, and its findings count.
    """
    above = "."
    for part in path.split("/"):
        name = part.lower()
        if name in EXAMPLE_DIRECTORIES:
            return Place.EXAMPLE
        if name in AMBIGUOUS_DIRECTORIES and not _is_environment(above, directories_in(above)):
            return Place.EXAMPLE
        above = part if above == "." else f"{above}/{part}"
    return Place.LIVE


def _is_environment(parent: str, siblings: Container[str]) -> bool:
    return parent.rpartition("/")[2].lower() in ENVIRONMENT_PARENTS or any(
        name in siblings for name in ENVIRONMENTS
    )
