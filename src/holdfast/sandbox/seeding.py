"""Put the buckets, tables and states of a scenario into a running sandbox, over plain HTTP.

Only `holdfast.aws` knows botocore, and what is seeded here must not depend on it: it is what Holdfast is tested
with. Requests carry the account and the region in an `Authorization` header whose signature is not a real one;
the sandbox checks signatures only when it enforces IAM, and such a sandbox cannot be seeded.
"""

import http.client
import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from holdfast.core.cleaning import printable
from holdfast.errors import ServiceError
from holdfast.sandbox.embedded import Sandbox
from holdfast.sandbox.scenarios.model import Scenario, SeedBucket, SeedState, SeedTable

_NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_TIMEOUT_SECONDS = 30.0


def seed(scenario: Scenario, sandbox: Sandbox) -> None:
    """Create everything that the scenario has in the cloud.

    Raises:
        ServiceError: The server refused a request, for instance because it was seeded before.

    """
    address = urlsplit(sandbox.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=_TIMEOUT_SECONDS)
    try:
        cloud = _Cloud(connection, scenario.account)
        for bucket in scenario.buckets:
            cloud.create_bucket(bucket)
        for table in scenario.tables:
            cloud.create_table(table)
        for state in scenario.states:
            cloud.put_state(state)
    finally:
        connection.close()


class _Cloud:
    """The five calls that seeding needs."""

    def __init__(self, connection: http.client.HTTPConnection, account: str) -> None:
        self._connection = connection
        self._account = account

    def create_bucket(self, bucket: SeedBucket) -> None:
        """Send CreateBucket, which takes no location in us-east-1, and PutBucketVersioning."""
        body = (
            ""
            if bucket.region == "us-east-1"
            else f"<CreateBucketConfiguration {_NAMESPACE}><LocationConstraint>{bucket.region}"
            "</LocationConstraint></CreateBucketConfiguration>"
        )
        self._s3("CreateBucket", bucket.region, f"/{bucket.name}", body)
        if bucket.versioning:
            enabled = (
                f"<VersioningConfiguration {_NAMESPACE}><Status>Enabled</Status>"
                "</VersioningConfiguration>"
            )
            self._s3("PutBucketVersioning", bucket.region, f"/{bucket.name}?versioning", enabled)

    def create_table(self, table: SeedTable) -> None:
        """Send CreateTable for a lock table."""
        self._dynamodb(
            table.region,
            "CreateTable",
            {
                "TableName": table.name,
                "AttributeDefinitions": [{"AttributeName": "LockID", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "LockID", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        )

    def put_state(self, state: SeedState) -> None:
        """Send PutObject, and PutItem for the digest: `LockID` is bucket, slash, key and `-md5`."""
        self._s3("PutObject", state.region, f"/{state.bucket}/{quote(state.key)}", state.body)
        if state.digest_table:
            lock_id = f"{state.bucket}/{state.key}-md5"
            item = {"LockID": {"S": lock_id}, "Digest": {"S": state.digest}}
            self._dynamodb(state.region, "PutItem", {"TableName": state.digest_table, "Item": item})

    def _s3(self, operation: str, region: str, path: str, body: str) -> None:
        headers = {"Content-Type": "application/octet-stream", **self._credential("s3", region)}
        self._connection.request("PUT", path, body=body.encode(), headers=headers)
        self._accept(operation, path)

    def _dynamodb(self, region: str, operation: str, request: Mapping[str, object]) -> None:
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            **self._credential("dynamodb", region),
        }
        self._connection.request("POST", "/", body=json.dumps(request), headers=headers)
        self._accept(operation, str(request["TableName"]))

    def _credential(self, service: str, region: str) -> Mapping[str, str]:
        scope = f"{self._account}/20260101/{region}/{service}/aws4_request"
        return {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        }

    def _accept(self, operation: str, resource: str) -> None:
        response = self._connection.getresponse()
        answer = response.read().decode("utf-8", errors="replace")
        if response.status != HTTPStatus.OK:
            code = f"HTTP {response.status}"
            raise ServiceError(operation, resource, code=code, detail=printable(answer))
