"""Tell which operation of AWS a request is, from what is on the wire.

S3 is told by method, level and sub-resource (S3 API reference); DynamoDB, KMS and Organizations by
`X-Amz-Target`; STS and IAM by the `Action` of the form. Names are those of the API, not of IAM:
`s3:GetBucketEncryption`, not `s3:GetEncryptionConfiguration`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from holdfast.sandbox.environment import S3_HOST

Protocol = Literal["s3", "json", "query"]

_TARGETS = {
    "AWSOrganizationsV20161128": "organizations",
    "DynamoDB_20120810": "dynamodb",
    "TrentService": "kms",
}
_SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/aws4_request")

# The sub-resource's name on the wire, and what the operation calls it, for get, put and delete.
_BUCKET_SETTINGS = {
    "abac": "BucketAbac",
    "accelerate": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "lifecycle": "BucketLifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "notification": "BucketNotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "BucketReplication",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
_OBJECT_SETTINGS = {
    "acl": "ObjectAcl",
    "attributes": "ObjectAttributes",
    "legal-hold": "ObjectLegalHold",
    "retention": "ObjectRetention",
    "tagging": "ObjectTagging",
}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}
_RENAMED = {"DeleteBucketLifecycleConfiguration": "DeleteBucketLifecycle"}
_BUCKET_OPERATIONS = {
    ("GET", "list-type"): "ListObjectsV2",
    ("GET", "uploads"): "ListMultipartUploads",
    ("GET", "versions"): "ListObjectVersions",
    ("GET", ""): "ListObjects",
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
    ("HEAD", ""): "HeadBucket",
    ("POST", "delete"): "DeleteObjects",
}
_OBJECT_OPERATIONS = {
    ("GET", "uploadId"): "ListParts",
    ("GET", ""): "GetObject",
    ("HEAD", ""): "HeadObject",
    ("PUT", "uploadId"): "UploadPart",
    ("PUT", "x-amz-copy-source"): "CopyObject",
    ("PUT", ""): "PutObject",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("DELETE", ""): "DeleteObject",
}
_CONTROL_OPERATIONS = {
    ("GET", "configuration"): "GetPublicAccessBlock",
    ("PUT", "configuration"): "PutPublicAccessBlock",
    ("DELETE", "configuration"): "DeletePublicAccessBlock",
    ("GET", "tags"): "ListTagsForResource",
    ("POST", "tags"): "TagResource",
    ("DELETE", "tags"): "UntagResource",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came over the wire; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def service(self) -> str:
        """The service that the request is signed for, empty when it is not signed."""
        found = _SCOPE.search(self.headers.get("authorization", ""))
        return found.group(1) if found else ""

    @property
    def operation(self) -> str:
        """The operation, such as `s3:GetObject` or `dynamodb:PutItem`."""
        amz_target = self.headers.get("x-amz-target")
        if amz_target is not None:
            prefix, _, name = amz_target.partition(".")
            return f"{_TARGETS.get(prefix, prefix)}:{name}"
        if self.service in ("iam", "sts"):
            action = parse_qs(self.body.decode("utf-8", errors="replace")).get("Action", ["?"])
            return f"{self.service}:{action[0]}"
        path = urlsplit(self.target).path
        if path.startswith("/v20180820/"):
            kind = path.split("/")[2]
            return f"s3control:{_CONTROL_OPERATIONS.get((self.method, kind), '?')}"
        if self.service == "account":
            return f"account:{path[1:2].upper()}{path[2:]}"
        return f"s3:{self._s3_operation()}"

    @property
    def protocol(self) -> Protocol:
        """The protocol in which this service words its errors."""
        match self.operation.partition(":")[0]:
            case "s3" | "s3control":
                return "s3"
            case "iam" | "sts":
                return "query"
            case _:
                return "json"

    @property
    def bucket(self) -> str:
        """The bucket that an S3 request addresses, in the host or in the path; empty when there is none."""
        return self._address()[0]

    @property
    def key(self) -> str:
        """The key that an S3 request addresses; empty when there is none."""
        return self._address()[1]

    def _address(self) -> tuple[str, str]:
        host = urlsplit(f"//{self.headers.get('host', '')}").hostname or ""
        path = unquote(urlsplit(self.target).path).removeprefix("/")
        if host.endswith(f".{S3_HOST}"):
            return host.removesuffix(f".{S3_HOST}"), path
        bucket, _, key = path.partition("/")
        return bucket, key

    def _s3_operation(self) -> str:
        bucket, key = self._address()
        if not bucket:
            return "ListBuckets"
        query = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        operations = _OBJECT_OPERATIONS if key else _BUCKET_OPERATIONS
        for (method, marker), name in operations.items():
            if method == self.method and marker and (marker in query or marker in self.headers):
                return name
        for marker, setting in (_OBJECT_SETTINGS if key else _BUCKET_SETTINGS).items():
            if marker in query and self.method in _VERBS:
                name = f"{_VERBS[self.method]}{setting}"
                return _RENAMED.get(name, name)
        return operations.get((self.method, ""), "?")
