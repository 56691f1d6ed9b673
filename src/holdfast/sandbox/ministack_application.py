"""ministack 1.5.33 as an ASGI application with the defaults of real AWS.

The release is pinned exactly, because a handful of its module-private names are used here; the contract
suite fails when one of them changes its meaning. Imported in the child process only: ministack keeps its
state in modules and reads its settings from the environment when it is imported.
"""

from collections.abc import Mapping

from hypercorn.typing import ASGIFramework

from holdfast.sandbox.aws_defaults import AwsDefaults
from holdfast.sandbox.provider import ServerOptions

SERVICES = ("account", "dynamodb", "iam", "kms", "organizations", "s3", "sts")
PUBLIC_ACCESS_BLOCK = (
    '<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
    "<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>"
    "</PublicAccessBlockConfiguration>"
)


def settings(options: ServerOptions) -> Mapping[str, str]:
    """Return the environment variables that ministack must see before it is imported.

    Services that run code or open listeners of their own are left out; nothing is written to disk.
    """
    return {
        "AUTH": "true" if options.enforce_iam else "false",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
        "MINISTACK_HOST": "localhost",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "SERVICES": ",".join(SERVICES),
        "SFTP_ENABLED": "0",
    }


def application(options: ServerOptions) -> ASGIFramework:
    """Return the application; `settings` must be in the environment already."""
    from ministack import app
    from ministack.services import s3

    # Every new bucket blocks public access (S3, since April 2023); ministack does so under AUTH only.
    s3._new_bucket_public_access_block = lambda: {"_public_access_block": PUBLIC_ACCESS_BLOCK}  # noqa: SLF001 - pinned release
    return AwsDefaults(
        app.app, _MinistackBuckets(), latency_milliseconds=options.latency_milliseconds
    )


class _MinistackBuckets:
    """The buckets of ministack, of all accounts."""

    def named_in(self, host: str, path: str) -> tuple[str, str]:
        from ministack import app

        bucket: str | None = app._extract_s3_vhost_bucket(host)  # noqa: SLF001 - pinned release
        if bucket is not None:
            return bucket, path.removeprefix("/")
        bucket, _, key = path.removeprefix("/").partition("/")
        return bucket, key

    def owner(self, bucket: str) -> str:
        from ministack.services import s3

        return s3._bucket_owner_account(bucket) or ""  # noqa: SLF001 - pinned release

    def has_object(self, bucket: str, key: str) -> bool:
        from ministack.services import s3

        record = s3._buckets.get_scoped(self.owner(bucket), None, bucket)  # noqa: SLF001 - pinned release
        return record is not None and key in record["objects"]

    def policy_is_public(self, bucket: str) -> bool | None:
        from ministack.services import s3

        policy = s3._bucket_policies.get_scoped(self.owner(bucket), None, bucket)  # noqa: SLF001 - pinned release
        return None if policy is None else bool(s3._policy_is_public(policy))  # noqa: SLF001 - pinned release
