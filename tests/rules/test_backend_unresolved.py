from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import Certainty, Computed, Place
from holdfast.core.source import SourceSpan
from holdfast.rules.backend_unresolved import (
    ADVICE_CANDIDATES,
    ADVICE_MISSING,
    backend_unresolved,
)
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings


def test_roots_whose_states_are_known_are_fine() -> None:
    code = fleet(
        root("a"),
        partial_root("b", partial("b/dev.hcl", settings("b")), partial("b/prod.hcl", settings())),
    )
    assert hits(backend_unresolved, code=code) == ()


def test_a_candidate_beside_what_is_certain_leaves_nothing_open() -> None:
    candidate = partial("a/old.hcl", {"bucket": "old"}, certainty=Certainty.CANDIDATE)
    assert hits(backend_unresolved, code=fleet(root("a", more=(candidate,)))) == ()


def test_several_files_that_could_belong_are_listed() -> None:
    dev = partial("backends/dev.hcl", settings("dev"), certainty=Certainty.CANDIDATE)
    prod = partial("backends/prod.hcl", {"bucket": "prod"}, certainty=Certainty.CANDIDATE)
    assert hits(backend_unresolved, code=fleet(partial_root("a", dev, prod))) == (
        Hit(
            message="which of 2 files belongs to `a` is not said",
            evidence=(
                Evidence(label="root", text="`a`", span=SourceSpan("a/main.tf", 2, 3)),
                Evidence(
                    label="candidate",
                    text=f"`backends/dev.hcl`: `{BUCKET}/dev`",
                    span=SourceSpan("backends/dev.hcl", 1, 1),
                ),
                Evidence(
                    label="candidate",
                    text="`backends/prod.hcl`: `prod/…`",
                    span=SourceSpan("backends/prod.hcl", 1, 1),
                ),
            ),
            advice=ADVICE_CANDIDATES,
            subject="a",
        ),
    )


def test_a_single_file_that_could_belong_is_not_taken_for_granted() -> None:
    only = partial("backends/dev.hcl", settings(), certainty=Certainty.CANDIDATE)
    (hit,) = hits(backend_unresolved, code=fleet(partial_root("a", only)))
    assert hit.message == "whether `backends/dev.hcl` belongs to `a` is not said"


def test_an_empty_block_without_any_file_lacks_bucket_and_key() -> None:
    code = fleet(partial_root("a", partial("", {})))
    assert hits(backend_unresolved, code=code) == (
        Hit(
            message="`bucket` and `key` of `a` cannot be read from the code",
            evidence=(
                Evidence(
                    label="root",
                    text="`bucket` is not set",
                    span=SourceSpan("a/main.tf", 2, 3),
                ),
                Evidence(label="root", text="`key` is not set", span=SourceSpan("a/main.tf", 2, 3)),
            ),
            advice=ADVICE_MISSING,
            subject="a",
        ),
    )


def test_expressions_that_decide_about_state_and_lock_are_shown() -> None:
    computed = settings() | {
        "key": Computed("local.key"),
        "dynamodb_table": Computed('"${var.org}-locks"'),
        "profile": Computed("local.profile"),
    }
    code = fleet(root("b"), partial_root("a", partial("a/backend.hcl", computed)))
    assert hits(backend_unresolved, code=code) == (
        Hit(
            message="`key` and `dynamodb_table` of `a` cannot be read from the code",
            evidence=(
                Evidence(
                    label="root",
                    text="`key = local.key`",
                    span=SourceSpan("a/backend.hcl", 2, 1),
                ),
                Evidence(
                    label="root",
                    text='`dynamodb_table = "${var.org}-locks"`',
                    span=SourceSpan("a/backend.hcl", 5, 1),
                ),
            ),
            advice=ADVICE_MISSING,
            subject="a",
            backend=BUCKET,
        ),
    )


def test_what_a_file_leaves_out_is_said_with_the_file() -> None:
    code = fleet(partial_root("a", partial("a/backend.hcl", {"bucket": BUCKET})))
    (hit,) = hits(backend_unresolved, code=code)
    assert hit.evidence == (
        Evidence(
            label="root",
            text="`key` is not set with `a/backend.hcl`",
            span=SourceSpan("a/main.tf", 2, 3),
        ),
    )


def test_an_empty_value_is_as_good_as_none() -> None:
    code = fleet(partial_root("a", partial("a/backend.hcl", settings(""))))
    (hit,) = hits(backend_unresolved, code=code)
    assert (hit.message, hit.evidence[0].text) == (
        "`key` of `a` cannot be read from the code",
        "`key` is empty or no text",
    )


def test_examples_may_be_open() -> None:
    code = fleet(partial_root("examples/a", partial("", {}), place=Place.EXAMPLE))
    assert hits(backend_unresolved, code=code) == ()
