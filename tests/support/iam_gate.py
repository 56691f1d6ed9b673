"""A gate in front of the embedded AWS that lets pass what policies allow: Action, Resource and Condition.

It answers as AWS does where a policy is silent: 403 for S3, `AccessDeniedException` for DynamoDB, and 403 instead of 404 for an
object that is not there, when the caller may not list it. What S3 asks of KMS for an encrypted object has to be allowed too. The
names of IAM actions are those of the Service Authorization Reference.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import ClientError

from holdfast.core.policy_conditions import Request as IamRequest
from holdfast.core.policy_document import parsed_identity_policy
from holdfast.core.policy_evaluation import NamedPolicy, is_allowed
from holdfast.core.policy_principals import Requester
from tests.support.aws_operations import Request
from tests.support.clients import Clients
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Rule, access_denied

ROLE = "arn:aws:iam::{account}:role/under-test"
REGION_PATTERN = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")
IAM_ACTIONS = {
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:DeleteObject": "s3:DeleteObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:UploadPart": "s3:PutObject",
}
# What the same operations need for one version of an object.
VERSION_ACTIONS = {
    "s3:DeleteObject": "s3:DeleteObjectVersion",
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:HeadObject": "s3:GetObjectVersion",
}
Context = Mapping[str, str | tuple[str, ...] | None]

# Needs no permission and cannot be denied (STS API reference).
FREE = frozenset({"sts:GetCallerIdentity"})
READS_OBJECT = frozenset({"s3:GetObject", "s3:HeadObject"})


@dataclass(frozen=True, slots=True)
class Refused:
    """What the policies did not allow."""

    action: str
    resource: str


@dataclass(slots=True)
class IamGate:
    """The policies of one role, and whom they have refused what; `policies` may be exchanged at any time."""

    clients: Clients
    policies: tuple[NamedPolicy, ...] = ()
    refused: list[Refused] = field(default_factory=list)
    allowed: set[str] = field(default_factory=set)  # the actions that were needed, and let pass

    def put_in_front(self, proxy: FaultProxy) -> None:
        """Refuse in the proxy whatever the policies do not allow."""
        for service in ("s3", "dynamodb", "kms", "iam"):
            proxy.add(
                Rule(
                    action=access_denied(f"{service}:NotAllowedByThePolicy"),
                    operation=f"{service}:*",
                    when=self.refuses,
                )
            )

    def grant(self, documents: Sequence[Mapping[str, object]]) -> None:
        """Give the role these policies alone, and forget what was refused."""
        self.policies = tuple(
            NamedPolicy(name=f"policy {number}", document=parsed_identity_policy(json.dumps(each)))
            for number, each in enumerate(documents)
        )
        self.refused.clear()
        self.allowed.clear()

    def refuses(self, request: Request) -> bool:
        """Tell whether a request needs anything that is not allowed."""
        if request.operation in FREE:
            return False
        for needed in self._needed(request):
            if not is_allowed(self.policies, needed):
                self.refused.append(Refused(needed.action, needed.resource))
                return True
            self.allowed.add(needed.action)
        return False

    def _needed(self, request: Request) -> Iterator[IamRequest]:
        service = request.operation.partition(":")[0]
        match service:
            case "s3":
                yield from self._needed_of_s3(request)
            case "dynamodb":
                yield self._request(
                    request,
                    self._table_arn(request),
                    {"dynamodb:leadingkeys": leading_keys(request)},
                )
            case _:
                yield self._request(
                    request, "*" if service == "iam" else self._key_arn(request), {}
                )

    def _needed_of_s3(self, request: Request) -> Iterator[IamRequest]:
        bucket = f"arn:aws:s3:::{request.bucket}"
        if not request.key:
            query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
            prefix = query.get("prefix", [None])[0]
            yield self._request(request, bucket, {"s3:prefix": prefix})
            return
        arn = f"{bucket}/{request.key}"
        yield self._request(request, arn, {})
        if request.operation == "s3:DeleteObject" and "if-match" in request.headers:
            # Whoever learns whether an object is what it was needs to be allowed to read it (S3 API reference, DeleteObject).
            yield self._implied("s3:GetObject", arn, {})
        if request.operation in READS_OBJECT:
            key = self._encryption_key_of(request)
            if key is None:
                # S3 tells nobody that an object is absent who may not list it (S3 API reference, HeadObject).
                yield self._implied("s3:ListBucket", bucket, {"s3:prefix": request.key})
            elif key and request.operation == "s3:GetObject":
                yield self._implied("kms:Decrypt", key, self._kms_context(request, arn))
        written_with = request.headers.get("x-amz-server-side-encryption-aws-kms-key-id")
        if written_with:
            context = self._kms_context(request, arn)
            yield self._implied("kms:GenerateDataKey", written_with, context)

    def _encryption_key_of(self, request: Request) -> str | None:
        """Return the KMS key of an object, empty for one without; None when there is no such object."""
        s3, version = self.clients.s3(), version_of(request)
        try:
            if version is None:
                head = s3.head_object(Bucket=request.bucket, Key=request.key)
            else:
                head = s3.head_object(Bucket=request.bucket, Key=request.key, VersionId=version)
        except ClientError as error:
            if error.response["Error"]["Code"] != "404":
                raise
            return None
        return head.get("SSEKMSKeyId", "")

    def _kms_context(self, request: Request, arn: str) -> Mapping[str, str]:
        return {
            "kms:viaservice": f"s3.{region_of(request)}.amazonaws.com",
            "kms:encryptioncontext:aws:s3:arn": arn,
        }

    def _table_arn(self, request: Request) -> str:
        body = json.loads(request.body)
        table = body.get("TableName") or body.get("ResourceArn", "").rpartition("/")[2]
        account = self.clients.access_key
        return f"arn:aws:dynamodb:{region_of(request)}:{account}:table/{table}" if table else "*"

    def _key_arn(self, request: Request) -> str:
        key = json.loads(request.body).get("KeyId", "")
        return (
            key
            if key.startswith("arn:")
            else f"arn:aws:kms:{region_of(request)}:{self.clients.access_key}:key/{key}"
        )

    def _request(self, request: Request, resource: str, context: Context) -> IamRequest:
        actions = VERSION_ACTIONS if version_of(request) else IAM_ACTIONS
        action = actions.get(request.operation, request.operation)
        return self._implied(action, resource, context)

    def _implied(
        self,
        action: str,
        resource: str,
        context: Context,
    ) -> IamRequest:
        account = self.clients.access_key
        return IamRequest(
            action=action,
            resource=resource,
            requester=Requester(arn=ROLE.format(account=account), account=account),
            context=context,
        )


def version_of(request: Request) -> str | None:
    """Return the version of an object that a request is about, if it names one."""
    return parse_qs(urlsplit(request.target).query).get("versionId", [None])[0]


def region_of(request: Request) -> str:
    """Return the region that a request is signed for."""
    found = REGION_PATTERN.search(request.headers.get("authorization", ""))
    assert found is not None, request.operation
    return found[1]


def leading_keys(request: Request) -> tuple[str, ...] | None:
    """Return the partition keys that a request names; None for one that names none, as a Scan."""
    body = json.loads(request.body)
    item = body.get("Key") or body.get("Item")
    return (item["LockID"]["S"],) if item and "LockID" in item else None
