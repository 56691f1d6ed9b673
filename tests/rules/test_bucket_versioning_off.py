import pytest

from holdfast.core.cloud import Versioning, VersioningStatus
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.steps import EnableVersioning
from holdfast.rules.bucket_versioning_off import bucket_versioning_off
from tests.rules.fleets import BUCKET, DENIED, REGION, healthy_bucket, hits, observed, unknown


def test_versioning_that_is_on_is_fine() -> None:
    assert hits(bucket_versioning_off, observed()) == ()


@pytest.mark.parametrize(
    ("status", "word", "fact", "resume"),
    [
        (VersioningStatus.OFF, "off", "no Status: it was never switched on", False),
        (VersioningStatus.SUSPENDED, "suspended", "Status: Suspended", True),
    ],
)
def test_versioning_is_switched_on_or_resumed(
    status: VersioningStatus, word: str, fact: str, resume: bool
) -> None:
    bucket = healthy_bucket(versioning=Known(Versioning(status=status)))
    assert hits(bucket_versioning_off, observed(bucket=bucket)) == (
        Hit(
            message=f"versioning of bucket `{BUCKET}` is {word}",
            evidence=(Evidence(label="GetBucketVersioning", text=fact),),
            fix=(EnableVersioning(bucket=BUCKET, region=REGION, resume=resume),),
            backend=BUCKET,
        ),
    )


def test_versioning_that_may_not_be_read_is_unknown() -> None:
    bucket = healthy_bucket(versioning=DENIED)
    assert unknown(bucket_versioning_off, observed(bucket=bucket)) == (DENIED,)
