"""What tests of reading the cloud begin with: an access to one address, and backends to be read."""

from typing import TypedDict, Unpack

import pytest

from holdfast.core.backends import Access, Backend, Endpoints, Locking, StateUse
from holdfast.core.source import SourceSpan
from holdfast.sandbox.environment import SECRET_KEY


class AccessChanges(TypedDict, total=False):
    """The fields of an access that a test sets."""

    profile: str
    role_arn: str
    external_id: str
    session_name: str
    web_identity_token_file: str
    shared_config_files: tuple[str, ...]
    shared_credentials_files: tuple[str, ...]


def access_to(url: str, **changes: Unpack[AccessChanges]) -> Access:
    """Return an access whose services are all at one address."""
    endpoints = Endpoints(s3=url, dynamodb=url, sts=url, iam=url, kms=url)
    return Access(endpoints=endpoints, path_style=True, **changes)


def use_credentials(environment: pytest.MonkeyPatch, account: str) -> None:
    """Make this process a member of an account, and keep everything of the user's own out of it."""
    environment.setenv("AWS_ACCESS_KEY_ID", account)
    environment.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    environment.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    environment.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        environment.delenv(name, raising=False)


def backend_of(
    *,
    bucket: str,
    access: Access,
    region: str | None = "us-east-1",
    table: str | None = None,
    account: str | None = None,
    keys: tuple[str, ...] = (),
) -> Backend:
    """Return a backend as the code of one root per key would describe it."""
    locking = Locking.of(table=table is not None, lockfile=table is None)
    uses = tuple(
        StateUse(
            root_path=f"roots/{number}",
            label="",
            key=key,
            workspace_prefix="env:",
            workspaces=(),
            locking=locking,
            table=table,
            region=region,
            encrypt=True,
            kms_key=None,
            span=SourceSpan(f"roots/{number}/backend.tf", 1),
        )
        for number, key in enumerate(keys)
    )
    return Backend(
        name=bucket,
        bucket=bucket,
        region=region,
        tables=(table,) if table else (),
        locking=locking,
        access=access,
        account=account,
        declared=False,
        uses=uses,
    )
