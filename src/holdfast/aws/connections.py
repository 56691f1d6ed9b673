"""Clients of AWS services: one per access, region and service, made on demand and shared by all threads.

Every client has bounded time-outs, attempts and connections, and an explicit region. Nothing is asked of
AWS here. Only commands that talk to AWS import this module: botocore takes a tenth of a second to load.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import botocore
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    UnknownRegionError,
)
from botocore.session import Session

from holdfast import __version__
from holdfast.aws.credentials import session_beside, session_of
from holdfast.aws.endpoints import (
    endpoint_of_service,
    is_of_aws,
    own_address,
    own_endpoint,
)
from holdfast.core.backends import Access

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

REGION_FALLBACK = "us-east-1"

# A network that gives no answer is asked twice and not more: a wrong endpoint then fails in seconds.
NETWORK_ATTEMPTS_MAX = 2
NETWORK_ERRORS = (
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    UnknownRegionError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientName:
    """Tell clients apart."""

    access: Access
    region: str
    service: str
    retries: bool


def region_default(environment: Mapping[str, str] | None = None) -> str | None:
    """Return the region of the environment as Terraform takes it; None when none is set.

    That is `AWS_REGION`, then `AWS_DEFAULT_REGION`; botocore by itself ignores the first.
    """
    variables = os.environ if environment is None else environment
    return variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION") or None


class Connections:
    """Make and keep the clients of one run. Thread-safe; close it, or use it as a context manager.

    A client whose endpoint is unreachable raises within twice `connect_timeout_seconds`. `attempts_max`
    counts all attempts of a call, the first one included; throttled calls wait with jitter in between.
    `pause` waits before a request is repeated by Holdfast itself; a test need not wait in real time.
    """

    def __init__(
        self,
        *,
        connect_timeout_seconds: float = 4,
        read_timeout_seconds: float = 20,
        attempts_max: int = 5,
        connections_max: int = 32,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.pause = pause
        self._connect_timeout_seconds = connect_timeout_seconds
        self._read_timeout_seconds = read_timeout_seconds
        self._attempts_max = attempts_max
        self._connections_max = connections_max
        # Re-entrant: making a client can make botocore load credentials, and that a client of STS.
        self._lock = threading.RLock()
        self._shared = Session()
        self._sessions: dict[Access, Session] = {}
        self._clients: dict[ClientName, BaseClient] = {}
        self._requests = 0
        self._requests_of_thread = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; a client that is asked for afterwards is made anew."""
        with self._lock:
            clients = tuple(self._clients.values())
            self._clients.clear()
            self._sessions.clear()
        for client in clients:
            client.close()

    # Clients ------------------------------------------------------------------------------------

    def s3(self, access: Access, region: str | None, *, retries: bool = True) -> S3Client:
        """Return the S3 client; `retries` False for calls whose lost answer must not be repeated."""
        return cast("S3Client", self._client("s3", access, region, retries=retries))

    def dynamodb(
        self, access: Access, region: str | None, *, retries: bool = True
    ) -> DynamoDBClient:
        """Return the DynamoDB client; `retries` as for `s3`."""
        return cast("DynamoDBClient", self._client("dynamodb", access, region, retries=retries))

    def sts(self, access: Access, region: str | None) -> STSClient:
        """Return the STS client of the region."""
        return cast("STSClient", self._client("sts", access, region))

    def kms(self, access: Access, region: str | None) -> KMSClient:
        """Return the KMS client."""
        return cast("KMSClient", self._client("kms", access, region))

    def iam(self, access: Access, region: str | None, *, retries: bool = True) -> IAMClient:
        """Return the IAM client; the region decides the partition alone."""
        return cast("IAMClient", self._client("iam", access, region, retries=retries))

    # Regions ------------------------------------------------------------------------------------

    def region_of(self, access: Access, region: str | None) -> str:
        """Return the region that a client would get: the given one, the environment's, the profile's."""
        if region or (region := region_default()):
            return region
        with self._lock:
            session = self._session(access, REGION_FALLBACK)
            try:
                return str(session.get_config_variable("region") or REGION_FALLBACK)
            except BotoCoreError:  # no such profile: the first request says so, in botocore's words
                return REGION_FALLBACK

    def regions_of_partition(self, region: str) -> tuple[str, ...]:
        """Return every region, in order, of the partition that a region is in (DynamoDB is in all).

        A region that AWS does not have (other stores: `local`) is in none.
        """
        with self._lock:
            try:
                partition = self._shared.get_partition_for_region(region)
            except UnknownRegionError:
                return ()
            return tuple(sorted(self._shared.get_available_regions("dynamodb", partition)))

    def leaves_store(self, access: Access, service: str) -> bool:
        """Tell whether S3 is another store than AWS's while the service would be asked of AWS itself.

        Another store's credentials mean nothing to AWS, and are not shown to it without need. An endpoint of
        AWS itself (a VPC endpoint, FIPS) is no other store: accounts and keys are looked at as ever.
        """
        store = own_address(access, "s3")
        return store is not None and not is_of_aws(store) and not own_endpoint(access, service)

    # Counting -----------------------------------------------------------------------------------

    @property
    def requests(self) -> int:
        """Return how many requests were sent, repeated ones included."""
        return self._requests

    @property
    def requests_of_thread(self) -> int:
        """Return how many of them the calling thread sent."""
        return getattr(self._requests_of_thread, "count", 0)

    def _count(self, **_: object) -> None:
        self._requests_of_thread.count = self.requests_of_thread + 1
        with self._lock:
            self._requests += 1

    # Making -------------------------------------------------------------------------------------

    def _client(
        self, service: str, access: Access, region: str | None, *, retries: bool = True
    ) -> BaseClient:
        name = ClientName(
            access=access,
            region=self.region_of(access, region),
            service=service,
            retries=retries,
        )
        # Botocore's clients are safe to share between threads; making them is not.
        with self._lock:
            client = self._clients.get(name)
            if client is None:
                client = self._made(self._session(access, name.region), name)
                self._clients[name] = client
            return client

    def _session(self, access: Access, region: str) -> Session:
        session = self._sessions.get(access)
        if session is None:
            session = session_of(
                access,
                shared=self._shared,
                create_client=partial(self._client_for_credentials, access, region),
            )
            session.register("before-send", self._count)
            self._sessions[access] = session
        return session

    def _client_for_credentials(
        self,
        access: Access,
        region: str,
        service: str,
        *,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: Config | None = None,
    ) -> BaseClient:
        """Make the client with which a role is assumed; the keywords are botocore's own."""
        name = ClientName(access=access, region=region, service=service, retries=True)
        with self._lock:
            session = session_beside(self._shared)
            session.register("before-send", self._count)
            if aws_access_key_id is not None and aws_secret_access_key is not None:
                session.set_credentials(aws_access_key_id, aws_secret_access_key, aws_session_token)
            return self._made(session, name, config=config)

    def _made(
        self, session: Session, name: ClientName, *, config: Config | None = None
    ) -> BaseClient:
        access = name.access
        endpoint = endpoint_of_service(access, name.service)
        own = self._config(name)
        try:
            client = session.create_client(
                name.service,
                region_name=name.region,
                endpoint_url=endpoint,
                verify=False if access.insecure else access.ca_bundle,
                config=config.merge(own) if config is not None else own,
            )
        except ValueError as error:
            if isinstance(error, BotoCoreError):
                raise
            # Botocore's own word for an address that is none, the environment's included.
            address = endpoint or f"the endpoint of {name.service}"
            raise EndpointConnectionError(endpoint_url=address, error=error) from error
        client.meta.events.register_first(f"needs-retry.{name.service}", give_up_on_network)
        return client

    def _config(self, name: ClientName) -> Config:
        access = name.access
        attempts = self._attempts_max if name.retries else 1
        return Config(
            connect_timeout=self._connect_timeout_seconds,
            read_timeout=self._read_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=self._connections_max,
            # Its own one botocore puts together anew, twice for each request: a tenth of all work.
            user_agent=f"holdfast/{__version__} botocore/{botocore.__version__}",
            # None leaves these to the environment and the profile.
            use_fips_endpoint=access.fips or None,
            use_dualstack_endpoint=access.dual_stack or None,
            s3={"addressing_style": "path"} if access.path_style else None,
        )


def give_up_on_network(
    *, attempts: int, caught_exception: BaseException | None, **_: object
) -> None:
    """Raise an error of the network itself after the second attempt, instead of going on.

    Registered before botocore's own retry handler, which would use all attempts on it.
    """
    if isinstance(caught_exception, NETWORK_ERRORS) and attempts >= NETWORK_ATTEMPTS_MAX:
        raise caught_exception
