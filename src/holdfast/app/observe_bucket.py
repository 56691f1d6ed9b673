"""What is asked about one backend's bucket, and how the answers become a `Bucket`.

HeadBucket comes first, for it finds the bucket's real region and whether we are let in at all. Then all
settings and the states are asked at once, and the encryption key after the encryption.
"""

from __future__ import annotations

from dataclasses import replace

from holdfast.app.observe_asking import Ask
from holdfast.aws.bucket_presence import BucketAddress, BucketHead, BucketHere, bucket_head
from holdfast.aws.bucket_reads import (
    bucket_encryption,
    bucket_lifecycle,
    bucket_logging,
    bucket_object_lock,
    bucket_ownership,
    bucket_policy,
    bucket_policy_public,
    bucket_public_access_block,
    bucket_public_grants,
    bucket_replication,
    bucket_tags,
    bucket_versioning,
)
from holdfast.aws.connections import Connections
from holdfast.aws.key_reads import KEY_ELSEWHERE, KeyAddress, key_health
from holdfast.aws.state_reads import listings_of, states_present
from holdfast.core.backends import Backend
from holdfast.core.cloud import Bucket, BucketAbsent, BucketForeign, BucketPresence, Encryption
from holdfast.core.facts import Fact, Known, Reason, Withheld

NOT_ASKED_YET = Withheld(reason=Reason.NOT_ASKED, detail="not asked yet")
DIRECTORY = Withheld(
    reason=Reason.UNSUPPORTED, detail="a directory bucket does not have this setting"
)
FOREIGN = Withheld(reason=Reason.NOT_ASKED, detail="the bucket belongs to another account")


class BucketObservation:
    """The bucket of one backend; `presence` and `states` are complete once every answer is in."""

    def __init__(self, backend: Backend, ask: Ask, connections: Connections) -> None:
        self._backend = backend
        self._ask = ask
        self._connections = connections
        self._address = BucketAddress(
            access=backend.access,
            region=connections.region_of(backend.access, backend.region),
            bucket=backend.bucket,
            account=backend.account,
        )
        self.region = backend.region
        self.presence: Fact[BucketPresence] = NOT_ASKED_YET
        self.states: Fact[frozenset[str]] = NOT_ASKED_YET

    def start(self) -> None:
        """Ask for the bucket; the rest follows from the answer."""
        self._ask(bucket_head, self._address, self._found)

    def _found(self, head: Fact[BucketHead]) -> None:
        if isinstance(head, Withheld):
            self.presence = self.states = head
            return
        match head.value:
            case BucketHere() as here:
                self._enter(here)
            case BucketAbsent() as absent:
                self.presence = Known(absent)
                self.states = Known(frozenset())
            case BucketForeign() as foreign:
                self.presence = Known(foreign)
                self.region = foreign.region or self.region
                self.states = FOREIGN

    def _enter(self, here: BucketHere) -> None:
        if isinstance(here.region, Known):
            self.region = here.region.value
            self._address = replace(self._address, region=here.region.value)
        unread = DIRECTORY if here.directory else NOT_ASKED_YET
        self._keep(
            Bucket(
                name=self._backend.bucket,
                region=here.region,
                directory=here.directory,
                versioning=unread,
                encryption=unread,
                key=unread,
                public_access_block=unread,
                policy=unread,
                policy_public=unread,
                public_grants=unread,
                ownership=unread,
                lifecycle=unread,
                logging=unread,
                object_lock=unread,
                replication=unread,
                tags=unread,
            )
        )
        if here.directory:
            # Its listings are not in order (S3 API, ListObjectsV2), so one page decides nothing.
            self.states = DIRECTORY
            return
        self._ask_settings()
        self._ask_states()

    def _keep(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self.presence = Known(bucket)

    def _ask_settings(self) -> None:
        at = self._address
        ask, keep = self._ask, self._keep
        ask(bucket_versioning, at, lambda fact: keep(replace(self._bucket, versioning=fact)))
        ask(bucket_encryption, at, self._encrypted)
        ask(
            bucket_public_access_block,
            at,
            lambda fact: keep(replace(self._bucket, public_access_block=fact)),
        )
        ask(bucket_policy, at, lambda fact: keep(replace(self._bucket, policy=fact)))
        ask(bucket_policy_public, at, lambda fact: keep(replace(self._bucket, policy_public=fact)))
        ask(bucket_public_grants, at, lambda fact: keep(replace(self._bucket, public_grants=fact)))
        ask(bucket_ownership, at, lambda fact: keep(replace(self._bucket, ownership=fact)))
        ask(bucket_lifecycle, at, lambda fact: keep(replace(self._bucket, lifecycle=fact)))
        ask(bucket_logging, at, lambda fact: keep(replace(self._bucket, logging=fact)))
        ask(bucket_object_lock, at, lambda fact: keep(replace(self._bucket, object_lock=fact)))
        ask(bucket_replication, at, lambda fact: keep(replace(self._bucket, replication=fact)))
        ask(bucket_tags, at, lambda fact: keep(replace(self._bucket, tags=fact)))

    def _encrypted(self, encryption: Fact[Encryption | None]) -> None:
        self._keep(replace(self._bucket, encryption=encryption))
        match encryption:
            case Withheld():
                self._keep(replace(self._bucket, key=encryption))
            case Known(Encryption(key=str() as key)):
                if self._connections.leaves_store(self._backend.access, "kms"):
                    self._keep(replace(self._bucket, key=KEY_ELSEWHERE))
                    return
                self._ask(
                    key_health,
                    KeyAddress(access=self._address.access, region=self._address.region, key=key),
                    lambda fact: self._keep(replace(self._bucket, key=fact)),
                )
            case Known(_):
                self._keep(replace(self._bucket, key=Known(None)))

    def _ask_states(self) -> None:
        self.states = Known(frozenset())
        for listing in listings_of(self._address, self._backend.keys):
            self._ask(states_present, listing, self._add_states)

    def _add_states(self, found: Fact[frozenset[str]]) -> None:
        if isinstance(self.states, Withheld):
            return
        match found:
            case Known(more):
                self.states = Known(self.states.value | more)
            case Withheld():
                self.states = found
