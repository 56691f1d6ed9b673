"""One botocore session per access: whose credentials, from which files, in which role.

Terraform's order is kept (protocol of its S3 backend): a named profile wins over keys in the environment,
and a role is assumed with whatever the chain found first. Nothing is asked of AWS here: roles are
assumed when the first request is signed, and again before the credentials end.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from botocore.client import BaseClient
from botocore.configloader import load_config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    AssumeRoleWithWebIdentityCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import BotoCoreError, CredentialRetrievalError, NoCredentialsError
from botocore.session import Session

from holdfast.core.backends import Access

SESSION_NAME_DEFAULT = "holdfast"
ROLE_METHOD = "assume-role"

ClientCreator: TypeAlias = Callable[..., BaseClient]


class RoleProvider(CredentialProvider):
    """Provide the credentials of the role that an access names, assumed on first use."""

    METHOD: str | None = ROLE_METHOD
    CANONICAL_NAME: str | None = "custom-holdfast-role"

    def __init__(self, session: Session, *, access: Access, create_client: ClientCreator) -> None:
        super().__init__(session)
        self._access = access
        self._create_client = create_client
        self._resolver = session.get_component("credential_provider")

    def load(self) -> DeferredRefreshableCredentials:
        """Return credentials that refresh themselves; raises `NoCredentialsError` without a source."""
        access = self._access
        arguments = {"RoleSessionName": access.session_name or SESSION_NAME_DEFAULT}
        fetcher: AssumeRoleCredentialFetcher | AssumeRoleWithWebIdentityCredentialFetcher
        if access.web_identity_token_file:
            fetcher = AssumeRoleWithWebIdentityCredentialFetcher(
                self._create_client,
                token_reader(access.web_identity_token_file),
                access.role_arn or "",
                extra_args=arguments,
            )
        else:
            source = self._resolver.load_credentials()
            if source is None:
                raise NoCredentialsError
            if access.external_id:
                arguments["ExternalId"] = access.external_id
            fetcher = AssumeRoleCredentialFetcher(
                self._create_client, source, access.role_arn or "", extra_args=arguments
            )
        return DeferredRefreshableCredentials(
            method=ROLE_METHOD, refresh_using=fetcher.fetch_credentials
        )


def token_reader(path: str) -> Callable[[], str]:
    """Return a function that reads the web identity token afresh; CI replaces the file as it ends."""

    def read() -> str:
        try:
            return Path(path).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CredentialRetrievalError(
                provider="web-identity-token-file", error_msg=f"{path}: {error}"
            ) from error

    return read


def file_with_profile(paths: tuple[str, ...], profile: str | None) -> str | None:
    """Return the last of several shared files that has the profile: what stands later wins.

    Without a hit it is the last one, so that botocore's own words name what is missing.
    """
    wanted = profile or "default"
    for path in reversed(paths):
        try:
            sections = load_config(path)
        except BotoCoreError:  # absent or broken: another file may have it; botocore tells if none
            continue
        if wanted in sections["profiles"] or wanted in sections:
            return path
    return paths[-1] if paths else None


def session_beside(shared: Session) -> Session:
    """Return a new session that shares the loader, and with it the parsed models, of another."""
    session = Session()
    session.register_component("data_loader", shared.get_component("data_loader"))
    return session


def session_of(access: Access, *, shared: Session, create_client: ClientCreator) -> Session:
    """Return the session of an access; it shares the loaded service models with `shared`.

    `create_client` makes the STS client with which a role is assumed. Raises a `BotoCoreError` when a named
    profile or file does not exist.
    """
    session = session_beside(shared)
    if access.profile:
        session.set_config_variable("profile", access.profile)
    if config_file := file_with_profile(access.shared_config_files, access.profile):
        session.set_config_variable("config_file", config_file)
    if credentials_file := file_with_profile(access.shared_credentials_files, access.profile):
        session.set_config_variable("credentials_file", credentials_file)
    if access.role_arn:
        provider = RoleProvider(session, access=access, create_client=create_client)
        session.register_component("credential_provider", CredentialResolver([provider]))
    return session
