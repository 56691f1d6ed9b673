"""Engines and what each version of them can do.

Sources: Terraform 1.10.0 has `use_lockfile` (experimental, hashicorp/terraform#35661), 1.11.0 made
it stable and deprecated `dynamodb_table` (#36257); OpenTofu 1.10 has `use_lockfile`
(opentofu/opentofu#2521) and its documentation up to 1.12 says that neither is deprecated. Terraform
1.9.8 and older refuse the argument with `Unsupported argument`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

VERSION_PATTERN = re.compile(r"^[v=\s]*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?")
CONSTRAINT_PATTERN = re.compile(r"^\s*(>=|<=|!=|~>|>|<|=)?\s*(v?\d[0-9A-Za-z.-]*)\s*$")


class EngineName(StrEnum):
    """Name the program that reads the configuration."""

    TERRAFORM = "terraform"
    TOFU = "tofu"


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Hold a version of an engine; a pre-release counts as the release that it leads to."""

    major: int
    minor: int = 0
    patch: int = 0

    def __str__(self) -> str:
        """Give `major.minor.patch`."""
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def next_patch(self) -> Version:
        """Return the version that comes after this one at the earliest."""
        return Version(self.major, self.minor, self.patch + 1)

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """Read `1.11.4`, `v1.11` or `1.12.0-beta1`; None when it is not a version."""
        match = VERSION_PATTERN.match(text.strip())
        if match is None:
            return None
        return cls(int(match[1]), int(match[2] or 0), int(match[3] or 0))


LOCKFILE_SINCE = {EngineName.TERRAFORM: Version(1, 10), EngineName.TOFU: Version(1, 10)}
DYNAMODB_DEPRECATED_SINCE = {EngineName.TERRAFORM: Version(1, 11)}


@dataclass(frozen=True, slots=True)
class Engine:
    """Name an engine and, where it is known, its version."""

    name: EngineName
    version: Version | None = None

    def __str__(self) -> str:
        """Give `terraform 1.11.4`, or the name alone."""
        return f"{self.name.value} {self.version}" if self.version else self.name.value


def supports_lockfile(engine: Engine) -> bool | None:
    """Tell whether the engine knows `use_lockfile`; None when its version is not known."""
    if engine.version is None:
        return None
    return engine.version >= LOCKFILE_SINCE[engine.name]


def deprecates_lock_table(engine: Engine) -> bool | None:
    """Tell whether the engine warns about `dynamodb_table`; None when its version is not known."""
    since = DYNAMODB_DEPRECATED_SINCE.get(engine.name)
    if since is None:
        return False
    return None if engine.version is None else engine.version >= since


def oldest_allowed(constraint: str) -> Version | None:
    """Return the oldest version that a `required_version` constraint admits, as far as it says.

    `>= 1.5, < 2.0` gives 1.5.0, `~> 1.9.0` gives 1.9.0, `1.6.6` gives 1.6.6. None when the text
    sets no lower bound or is not a constraint.
    """
    lower_bounds: list[Version] = []
    for part in constraint.split(","):
        match = CONSTRAINT_PATTERN.match(part)
        if match is None:
            return None
        version = Version.parse(match[2])
        if version is not None and (match[1] or "=") in {"=", ">=", ">", "~>"}:
            lower_bounds.append(version)
    return max(lower_bounds, default=None)


def allowed_below(constraint: str) -> Version | None:
    """Return the first version that a `required_version` constraint refuses for being too new.

    `>= 1.5, < 2.0` gives 2.0.0, `~> 1.9.0` gives 1.10.0, `<= 1.5.7` and `1.5.7` give 1.5.8. None when the text
    sets no upper bound or is not a constraint.
    """
    upper_bounds: list[Version] = []
    for part in constraint.split(","):
        found = CONSTRAINT_PATTERN.match(part)
        version = Version.parse(found[2]) if found is not None else None
        if found is None or version is None:
            return None
        match found[1] or "=":
            case "<":
                upper_bounds.append(version)
            case "<=" | "=":
                upper_bounds.append(version.next_patch)
            case "~>" if found[2].count(".") == 1:
                upper_bounds.append(Version(version.major + 1))
            case "~>" if found[2].count(".") > 1:
                upper_bounds.append(Version(version.major, version.minor + 1))
    return min(upper_bounds, default=None)
