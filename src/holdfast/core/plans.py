"""Plans: steps for each backend, with a fingerprint of the facts they were planned against.

Deciding and doing are two things, and a plan is what passes between them. It is data: it can be printed,
stored, and refused when the world has changed since. The functions here decide; nothing here acts.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.backends import Backend
from holdfast.core.steps import Danger, FactName, Step


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digest of one fact as it was when the plan was made, with the words that describe it."""

    fact: FactName
    subject: str  # the bucket or table
    digest: str  # first 16 hex digits of the SHA-256 of the fact's canonical text
    words: str  # `off`, `on-demand`, `3 statements`: what a person is shown when it differs


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A step with its identity, the rules whose findings it fixes, and what it takes to let it run."""

    identifier: str  # `create-table:terraform-locks-us-east-1`, what `--confirm` names
    step: Step
    rules: tuple[str, ...]
    danger: Danger = Danger.SAFE


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendPlan:
    """All steps for one backend, in order, and what they were planned against.

    `account` is the account that the reads of the plan went to, None when it could not be read. `backend` is
    without its uses: what is planned no longer depends on them.
    """

    backend: Backend
    account: str | None
    account_alias: str
    base: tuple[Fingerprint, ...]
    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be changed, over all backends. `made_at` is UTC, RFC 3339, given by the caller."""

    made_at: str
    holdfast_version: str
    backends: tuple[BackendPlan, ...]

    @property
    def step_count(self) -> int:
        """Count the steps of all backends."""
        return sum(len(backend.steps) for backend in self.backends)
