"""Which findings are kept when some backends were chosen."""

from dataclasses import replace

from holdfast.core.concerns import findings_of_chosen
from holdfast.core.findings import Evidence, Finding, Hit, Severity
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Certainty
from holdfast.core.source import SourceSpan
from tests.rules.fleets import BUCKET, fleet, root

OTHER = {"bucket": "other", "key": "other/terraform.tfstate"}


def two_backends() -> Fleet:
    return fleet(root("network"), root("elsewhere", settings=OTHER))


def finding(message: str, *, backend: str = "", subject: str = "", shown: str = "") -> Finding:
    evidence = (Evidence(label="root", text="", span=SourceSpan(shown, 1)),) if shown else ()
    return Finding(
        rule="some-rule",
        severity=Severity.HIGH,
        backend=backend,
        title="Something is wrong.",
        why="It breaks.",
        hit=Hit(message=message, backend=backend, subject=subject, evidence=evidence),
    )


FINDINGS = (
    finding("of the backend", backend=BUCKET),
    finding("of its root", subject="network"),
    finding("of its file", shown="network/backend.tf"),
    finding("of another backend", backend="other", subject="network"),
    finding("of another root", subject="elsewhere"),
    finding("of another file", shown="elsewhere/backend.tf"),
)


def kept(looked_at: Fleet) -> list[str]:
    return [each.hit.message for each in findings_of_chosen(FINDINGS, looked_at)]


def test_without_a_choice_every_finding_is_kept() -> None:
    assert kept(two_backends()) == [each.hit.message for each in FINDINGS]


def test_a_choice_keeps_what_speaks_of_the_backend_its_roots_and_their_files() -> None:
    assert kept(replace(two_backends(), chosen=frozenset({BUCKET}))) == [
        "of the backend",
        "of its root",
        "of its file",
    ]


def test_a_root_that_only_may_use_the_chosen_backend_belongs_to_it() -> None:
    code = fleet(root("network", certainty=Certainty.CANDIDATE), root("elsewhere", settings=OTHER))
    assert "of its root" in kept(replace(code, chosen=frozenset({BUCKET})))
