"""One suite, two servers: what Holdfast relies on, and where each server is known to differ from AWS."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from holdfast.sandbox.embedded import Sandbox
from tests.support.clients import DEFAULT_REGION
from tests.support.fixtures import FreshAccount
from tests.support.moto_serialised import SerialisedMoto

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

# Provider → test → how the provider differs from AWS there. A test that passes all the same fails the suite.
DIVERGENCES = {
    "ministack": {},
    "moto": {
        "test_a_bucket_of_another_account_cannot_be_read": "accounts may read each other's buckets",
        "test_a_bucket_policy_cannot_grant_public_access": "BlockPublicPolicy is not enforced",
        "test_a_copy_does_not_overwrite_what_must_not_be_there": "If-None-Match is ignored on copies",
        "test_a_delete_of_an_absent_key_leaves_a_marker": "no marker is made",
        "test_a_new_bucket_blocks_public_access": "no public access block",
        "test_a_new_bucket_has_no_access_control_lists": "no ownership controls",
        "test_a_new_bucket_encrypts": "no default encryption",
        "test_a_request_for_another_region_is_redirected": "every region answers",
        "test_a_wrong_expected_owner_is_refused": "ExpectedBucketOwner is ignored",
        "test_a_part_tells_its_bytes": "ListParts has no checksums",
        "test_an_aborted_upload_can_never_be_completed": "it answers 500",
        "test_an_upload_is_completed_over_what_was_read_and_nothing_else": "If-Match is ignored",
        "test_lifecycle_rules_come_back_as_they_were_put": "NewerNoncurrentVersions is dropped",
        "test_suspended_versioning_keeps_older_versions": "older versions are destroyed",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """A server with one account of it."""

    account: FreshAccount

    @property
    def url(self) -> str:
        return self.account.sandbox.url

    def name(self, stem: str) -> str:
        return self.account.name(stem)

    def s3(self, region: str = DEFAULT_REGION) -> "S3Client":
        return self.account.clients.s3(region)

    def dynamodb(self, region: str = DEFAULT_REGION) -> "DynamoDBClient":
        return self.account.clients.dynamodb(region)

    def sts(self) -> "STSClient":
        return self.account.clients.sts()

    def bucket(self, *, region: str = DEFAULT_REGION, versioning: bool = False) -> str:
        """Create a bucket and return its name."""
        return self.account.clients.create_bucket(
            self.name("bucket"), region=region, versioning=versioning
        )

    def lock_table(self, *, region: str = DEFAULT_REGION) -> str:
        """Create a lock table and return its name."""
        return self.account.clients.create_lock_table(self.name("locks"), region=region)

    def raw_status(self, method: str, path: str, *, region: str) -> tuple[int, str]:
        """Send a bare S3 request, which nobody redirects; return its status and the region it names."""
        scope = f"{self.account.id}/20260101/{region}/s3/aws4_request"
        authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, path, headers={"Authorization": authorization})
            response = connection.getresponse()
            response.read()
            return response.status, response.getheader("x-amz-bucket-region", "")
        finally:
            connection.close()


@pytest.fixture(scope="session")
def moto() -> Iterator[Sandbox]:
    with Sandbox.start(provider=SerialisedMoto()) as running:
        yield running


@pytest.fixture(params=sorted(DIVERGENCES))
def cloud(
    request: pytest.FixtureRequest, sandbox: Sandbox, moto: Sandbox, account: FreshAccount
) -> Cloud:
    """An empty account, once on each server; a known divergence must show itself."""
    test: str = request.node.originalname
    reason = DIVERGENCES[request.param].get(test)
    if reason is not None:
        # The reason is that of DIVERGENCES for this very test; a divergence that is gone fails, for it is strict.
        diverging = pytest.mark.xfail(strict=True, reason=reason)
        request.applymarker(diverging)
    server = {"ministack": sandbox, "moto": moto}[request.param]
    return Cloud(account=FreshAccount(sandbox=server, number=account.number))


@pytest.fixture
def stranger(cloud: Cloud, other_account: FreshAccount) -> Cloud:
    """Another account on the same server."""
    return Cloud(account=FreshAccount(sandbox=cloud.account.sandbox, number=other_account.number))
