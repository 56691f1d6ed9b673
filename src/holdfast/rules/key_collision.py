"""Two roots use one state.

## What it checks
Bucket, workspace prefix and key of every configuration that is certain, behind one S3 endpoint. Two roots
with all three alike collide. So does a literal key that spells a workspace of another root: the key
`env:/dev/x` is the workspace `dev` of the root with the key `x`. Two configurations of one root collide when
their files are for different environments, regions or accounts; `prod.hcl` with the key of `dev.hcl`
is a copy that nobody edited. Roots with one key and different workspace prefixes are kept apart by their
workspaces. Comments beside the blocks are shown, since some doubles are deliberate and temporary.

## Why it matters
Each root plans to destroy what the other has built, because it finds it in its state and not in its code.

## Fix
Decide to which root the state belongs, and give the other a key of its own before either is applied again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.backends import WORKSPACE_DEFAULT
from holdfast.core.evidence import block_comments, roots_words, setting_words
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.keys import Claim, Collision, collisions
from holdfast.core.repository import Place
from holdfast.core.settings import backend_of, settings_of

ADVICE = (
    "Decide to which root the state belongs, and give the other a key of its own before either is"
    " applied again."
)


@fleet_rule(Severity.CRITICAL)
def key_collision(fleet: Fleet) -> Iterator[Hit]:
    """Compare the states of all settings; what only collides with an example is set apart."""
    live = [each for each in settings_of(fleet.repository) if each.certain]
    examples = [each for each in settings_of(fleet.repository, place=Place.EXAMPLE) if each.certain]
    known = collisions(live)
    for collision in known:
        backend = backend_of(collision.claims[0].setting, fleet.backends)
        if backend is not None:  # it is None for a backend that the user did not ask about
            yield _hit(collision, backend=backend.name)
    seen = {(collision.bucket, collision.key) for collision in known}
    for collision in collisions((*live, *examples)):
        if (collision.bucket, collision.key) not in seen:
            yield _hit(collision, apart=True)


def _hit(collision: Collision, *, backend: str = "", apart: bool = False) -> Hit:
    settings = [claim.setting for claim in collision.claims]
    return Hit(
        message=(
            f"{_claimants(collision.claims)} use the state `{collision.key}`"
            f" in `{collision.bucket}`"
        ),
        evidence=(*map(_evidence, collision.claims), *block_comments(settings)),
        advice=ADVICE,
        subject=collision.key,
        backend=backend,
        apart=apart,
    )


def _claimants(claims: Sequence[Claim]) -> str:
    settings = [claim.setting for claim in claims]
    words = roots_words(settings)
    if len({setting.root.path for setting in settings}) > 1:
        return words
    return f"{len(settings)} configurations of {words}"


def _evidence(claim: Claim) -> Evidence:
    words = setting_words(claim.setting)
    if claim.workspace != WORKSPACE_DEFAULT:
        words += f" in its workspace `{claim.workspace}`"
    return Evidence(label="root", text=words, span=claim.use.span)
