from holdfast.core.findings import Evidence, Hit
from holdfast.rules.bucket_directory import bucket_directory
from tests.rules.fleets import BUCKET, DENIED, healthy_bucket, hits, observed, unknown


def test_a_general_purpose_bucket_is_fine() -> None:
    assert hits(bucket_directory, observed()) == ()


def test_a_directory_bucket_is_a_hit() -> None:
    assert hits(bucket_directory, observed(bucket=healthy_bucket(directory=True))) == (
        Hit(
            message=f"`{BUCKET}` is a directory bucket, which keeps no old versions",
            evidence=(Evidence(label="HeadBucket", text="a directory bucket in one zone"),),
            advice="Create a general purpose bucket and move the states there.",
            backend=BUCKET,
        ),
    )


def test_a_bucket_that_did_not_answer_is_unknown() -> None:
    assert unknown(bucket_directory, observed(bucket=DENIED)) == (DENIED,)
