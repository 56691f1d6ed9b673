"""What a scenario is: files of a repository and what is in the cloud, as values. Nothing here acts."""

import hashlib
import json
import uuid
from dataclasses import dataclass

_NAMESPACE = uuid.UUID("0f6c1f0e-7c54-4f0e-9d0c-5a6f6f6c6401")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryFile:
    """A file of the repository; `path` is relative, with forward slashes."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedBucket:
    """A bucket that is in the cloud before anything is done."""

    name: str
    region: str
    versioning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedTable:
    """A lock table that is in the cloud: partition key `LockID`, string, on demand."""

    name: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedState:
    """A state object, and the table that holds its digest (empty: none does)."""

    bucket: str
    key: str
    region: str
    body: str
    digest_table: str = ""

    @property
    def digest(self) -> str:
        """Return the hex MD5 that Terraform's S3 backend stores beside a lock table."""
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A repository and a cloud that belong together; everything is in one account."""

    name: str
    account: str
    region: str
    files: tuple[RepositoryFile, ...]
    buckets: tuple[SeedBucket, ...] = ()
    tables: tuple[SeedTable, ...] = ()
    states: tuple[SeedState, ...] = ()


def lineage(subject: str) -> str:
    """Return the lineage of a subject's state: a UUID, always the same for the same words."""
    return str(uuid.uuid5(_NAMESPACE, subject))


def state_body(*, subject: str, serial: int, facts: dict[str, str]) -> str:
    """Return a version-4 state with one `terraform_data` resource, as Terraform 1.9 writes it.

    The resource is the one that `terraform_code.component_main` declares with the same facts, so a plan on
    this state finds nothing to change.
    """
    attributes = {
        "id": lineage(f"resource {subject}"),
        "input": {"value": facts, "type": ["object", dict.fromkeys(facts, "string")]},
        "output": {"value": facts, "type": ["object", dict.fromkeys(facts, "string")]},
        "triggers_replace": None,
    }
    instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
    resource = {
        "mode": "managed",
        "type": "terraform_data",
        "name": "component",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [instance],
    }
    state = {
        "version": 4,
        "terraform_version": "1.9.8",
        "serial": serial,
        "lineage": lineage(subject),
        "outputs": {},
        "resources": [resource],
        "check_results": None,
    }
    return json.dumps(state, indent=2) + "\n"
