"""Worlds for the end-to-end tests: each test has a cloud and a repository that it may change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.worlds import World, running_world


@pytest.fixture
def two_regions(tmp_path: Path) -> Iterator[World]:
    """The fleet in which one region has no lock table."""
    with running_world("two-regions", tmp_path / "repository") as world:
        yield world


@pytest.fixture
def single(tmp_path: Path) -> Iterator[World]:
    """One state by the book, and nothing in the cloud."""
    with running_world("single", tmp_path / "repository") as world:
        yield world
