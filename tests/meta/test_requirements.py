"""The locked requirements belong to pyproject.toml and to each other, and fit every machine."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.source_tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("runtime", "sandbox", "dev", "bench")


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text, flags=re.MULTILINE))


def direct_requirements() -> list[Requirement]:
    """Return what is asked for directly, without the benchmarks, which have a lock of their own."""
    groups = PROJECT["dependency-groups"]
    lines = PROJECT["project"]["dependencies"] + [
        line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra
    ]
    lines += [
        line
        for name, group in groups.items()
        for line in group
        if name != "bench" and isinstance(line, str)
    ]
    return [Requirement(line) for line in lines]


def not_locked(requirements: list[Requirement], name: str) -> list[str]:
    locked = pins(name)
    return [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"))
    ]


def test_every_direct_requirement_is_locked_at_a_version_that_it_admits() -> None:
    benchmarks = [Requirement(line) for line in PROJECT["dependency-groups"]["bench"]]
    assert not_locked(direct_requirements(), "dev") == [], "run `make lock`"
    assert not_locked(benchmarks, "bench") == [], "run `make lock`"


def test_the_smaller_locks_are_parts_of_the_largest() -> None:
    largest = pins("dev").items()
    assert pins("runtime").items() <= pins("sandbox").items() <= largest


def test_every_pin_has_its_hashes_and_no_place_it_comes_from() -> None:
    for name in LOCKS:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=\S)", "\n".join(text.splitlines()[2:]))
        unhashed = [block.split()[0] for block in blocks if "--hash=sha256:" not in block]
        assert unhashed == []
        assert not re.search(
            r"^\s*-|://|\s@\s", re.sub(r"--hash=\S+", "", text), flags=re.MULTILINE
        )
