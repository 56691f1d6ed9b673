"""One root with its state, built anew for each run, and a look at it without the code under test."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.core.lock_info import LockInfo, lock_identifier, read_lock
from holdfast.sandbox.environment import Profile, write_profiles
from holdfast.sandbox.scenarios.model import state_body
from tests.support.fixtures import FreshAccount

KEY = "network/dev/terraform.tfstate"
NEW_KEY = "moved/network/terraform.tfstate"
WORKSPACE = "blue"
DIGEST_SUFFIX, LOCK_SUFFIX = "-md5", ".tflock"
CODE = """\
terraform {{
  backend "s3" {{
    bucket         = "{bucket}" # shared by all
    key            = "{key}"
    region         = "{region}"
    dynamodb_table = "{table}"{profile}
  }}
}}
"""


def body_of(serial: int, name: str) -> bytes:
    """Return a state of one lineage, told by its serial and a name."""
    return state_body(subject="network", serial=serial, facts={"content": name}).encode()


def md5_of(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A versioned bucket and a lock table in one account and region; `profile` is how the code reaches it."""

    account: FreshAccount
    bucket: str
    table: str
    region: str = "us-east-1"
    profile: str = ""

    def code(self, key: str) -> str:
        """Return a backend block that names this spot."""
        profile = f'\n    profile        = "{self.profile}"' if self.profile else ""
        return CODE.format(
            bucket=self.bucket, key=key, region=self.region, table=self.table, profile=profile
        )

    # As somebody else would, without asking ---------------------------------------------------------

    def put_object(self, key: str, body: bytes) -> str:
        s3 = self.account.clients.s3(self.region)
        return s3.put_object(Bucket=self.bucket, Key=key, Body=body)["VersionId"]

    def put_item(self, path: str, **attributes: str) -> None:
        self.account.clients.dynamodb(self.region).put_item(
            TableName=self.table,
            Item={
                "LockID": {"S": f"{self.bucket}/{path}"},
                **{name: {"S": value} for name, value in attributes.items()},
            },
        )

    def write(self, key: str, body: bytes) -> str:
        """Write a state and its digest as an engine does, and return the version."""
        version = self.put_object(key, body)
        self.put_item(f"{key}{DIGEST_SUFFIX}", Digest=md5_of(body))
        return version

    # A look -----------------------------------------------------------------------------------------

    def objects(self) -> Mapping[str, bytes]:
        """Return every object, by its key."""
        s3 = self.account.clients.s3(self.region)
        return {
            each["Key"]: s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read()
            for each in s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        }

    def states(self) -> Mapping[str, bytes]:
        found = self.objects().items()
        return {key: body for key, body in found if not key.endswith(LOCK_SUFFIX)}

    def items(self) -> Mapping[str, str]:
        """Return every digest and the text of every lock, by the path of the item without the bucket."""
        answer = self.account.clients.dynamodb(self.region).scan(
            TableName=self.table, ConsistentRead=True
        )
        return {
            each["LockID"]["S"].removeprefix(f"{self.bucket}/"): (
                each.get("Digest") or each["Info"]
            )["S"]
            for each in answer["Items"]
        }

    def digests(self) -> Mapping[str, str]:
        return {
            path.removesuffix(DIGEST_SUFFIX): text
            for path, text in self.items().items()
            if path.endswith(DIGEST_SUFFIX)
        }

    def locks(self) -> Mapping[str, LockInfo]:
        """Return every lock, by `<where> <key>`."""
        found: dict[str, bytes] = {}
        for key, body in self.objects().items():
            if key.endswith(LOCK_SUFFIX):
                found[f"object {key.removesuffix(LOCK_SUFFIX)}"] = body
        for path, text in self.items().items():
            if not path.endswith(DIGEST_SUFFIX):
                found[f"item {path}"] = text.encode()
        infos: dict[str, LockInfo] = {}
        for where, body in found.items():
            info = read_lock(body)
            assert isinstance(info, LockInfo), body
            infos[where] = info
        return infos

    def versions(self, key: str) -> tuple[bytes, ...]:
        """Return the bytes of all versions of a key that the bucket keeps."""
        s3 = self.account.clients.s3(self.region)
        listed = s3.list_object_versions(Bucket=self.bucket, Prefix=key).get("Versions", [])
        return tuple(
            s3.get_object(Bucket=self.bucket, Key=key, VersionId=each["VersionId"])["Body"].read()
            for each in listed
            if each["Key"] == key
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a state is; `label` is its name in the table."""

    label: str
    spot: Spot
    key: str

    def body(self) -> bytes | None:
        return self.spot.states().get(self.key)

    def digest(self) -> str | None:
        return self.spot.digests().get(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A root in a directory and its states at `places`; `facts` are what a proof wants to find again."""

    directory: Path
    places: tuple[Place, ...]
    profiles: tuple[Profile, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> Path:
        return self.directory / "code" / "network" / "main.tf"

    @property
    def repository(self) -> Path:
        return self.directory / "code"

    @property
    def kept(self) -> Path:
        """Where commands keep what they keep of a user."""
        return self.directory / "kept"

    @property
    def watched(self) -> tuple[Path, ...]:
        return self.repository, self.kept

    @property
    def spots(self) -> tuple[Spot, ...]:
        return tuple({each.spot.bucket: each.spot for each in self.places}.values())

    @property
    def names(self) -> Mapping[str, str]:
        """Return what stands in the table for keys, buckets and tables."""
        found = {f"{each.spot.bucket}/{each.key}": each.label for each in self.places}
        found |= {each.key: each.label for each in self.places}
        for each in self.spots:
            found |= {each.bucket: "the bucket", each.table: "the table"}
        return found

    def place(self, label: str) -> Place:
        return next(each for each in self.places if each.label == label)

    def environment(self, *, through: str) -> Mapping[str, str]:
        """Return a whole environment whose services are behind a proxy.

        Their addresses are in the configuration file, and not in variables: behind those, whoever locks first tries
        whether the store keeps conditions, which is not done in AWS.
        """
        first = self.places[0].spot
        given = first.account.environment(first.region, through=through)
        write_profiles(self.directory, self.profiles)
        config = self.directory / "config"
        names = ("default", *(f"profile {each.name}" for each in self.profiles))
        config.write_text(
            "".join(
                f"[{name}]\nregion = {first.region}\nservices = sandbox\nendpoint_url = {through}\n"
                for name in names
            )
            + f"[services sandbox]\ns3 =\n  endpoint_url = {given['AWS_ENDPOINT_URL_S3']}\n",
            encoding="utf-8",
        )
        return {
            **{name: value for name, value in given.items() if "ENDPOINT_URL" not in name},
            "AWS_CONFIG_FILE": str(config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.directory / "credentials"),
            "XDG_STATE_HOME": str(self.kept),
        }

    def build(self) -> "Fleet":
        """Write the code of the root."""
        self.kept.mkdir(parents=True)
        self.code.parent.mkdir(parents=True)
        self.write_code(self.places[0])
        return self

    def write_code(self, place: Place) -> None:
        self.code.write_text(place.spot.code(place.key), encoding="utf-8")

    def names_in_code(self, place: Place) -> bool:
        """Return whether the code names exactly this place."""
        return self.code.read_text(encoding="utf-8") == place.spot.code(place.key)

    def files(self) -> list[str]:
        """Return every file of the repository."""
        found = (each for each in self.repository.rglob("*") if each.is_file())
        return sorted(each.relative_to(self.repository).as_posix() for each in found)

    def locks(self) -> Mapping[str, LockInfo]:
        """Return every lock of every spot, by bucket, where and key."""
        return {
            f"{spot.bucket} {where}": info
            for spot in self.spots
            for where, info in spot.locks().items()
        }

    def journal(self) -> list[Mapping[str, object]]:
        path = self.kept / "holdfast" / "journal.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def snapshot(self) -> object:
        """Return all there is, to be compared."""
        spots = [(spot.objects(), spot.items()) for spot in self.spots]
        return spots, self.code.read_bytes(), self.files()


def foreign_lock(place: Place) -> LockInfo:
    """Return the lock of somebody else's apply."""
    return LockInfo(
        identifier=lock_identifier(b"somebody else's!"),
        operation="OperationTypeApply",
        info="",
        who="bob@desk",
        version="1.15.5",
        created="2026-11-20T15:25:33.599739994Z",
        path=f"{place.spot.bucket}/{place.key}",
    )
