"""What a tree of files says about backends: roots, their configurations, setup modules.

Values only. `hcl/` and `engine/` fill them, rules and reports read them. Paths are POSIX and
relative to the scanned directory; `.` is the directory itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from holdfast.core.engines import Engine
from holdfast.core.source import SourceSpan

LiteralValue: TypeAlias = (
    "str | bool | int | float | tuple[LiteralValue, ...] | Mapping[str, LiteralValue] | None"
)


# Arguments whose values are secrets: which of them are set is kept, what they say is not.
SENSITIVE_ARGUMENTS = frozenset({"access_key", "secret_key", "token", "sse_customer_key"})
SENSITIVE_PLACEHOLDER = "(sensitive)"


class Origin(StrEnum):
    """Say where the value of a backend argument comes from."""

    BLOCK = "block"  # the backend block itself, override files merged
    PARTIAL_FILE = "partial file"  # a file given with -backend-config=FILE
    ARGUMENT = "argument"  # -backend-config=name=value in a script or workflow
    ENVIRONMENT = "environment"  # AWS_REGION, AWS_PROFILE, … where a script sets them
    TERRAGRUNT = "terragrunt"  # remote_state { config = {…} }


@dataclass(frozen=True, slots=True)
class Literal:
    """Hold a value that stands in the text as it is."""

    value: LiteralValue


@dataclass(frozen=True, slots=True)
class Computed:
    """Hold an expression that cannot be evaluated from the text alone; it is shown, not guessed."""

    expression: str


AttributeValue: TypeAlias = Literal | Computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One backend argument with its value, its place and where it comes from."""

    name: str
    value: AttributeValue
    span: SourceSpan
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendBlock:
    """A `backend "TYPE"` block, a `cloud` block (type `cloud`) or a terragrunt `remote_state`.

    `comments` are the comment lines inside the block and directly above it, cleaned.
    """

    type: str
    span: SourceSpan
    attributes: tuple[Attribute, ...]
    comments: tuple[str, ...] = ()
    terragrunt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialFile:
    """A file of backend arguments for `-backend-config=FILE`."""

    path: str
    attributes: tuple[Attribute, ...]


class Certainty(StrEnum):
    """Say how sure it is that a root is initialised with a configuration."""

    CERTAIN = "certain"  # one way only, or a script names the pair
    CANDIDATE = "candidate"  # the file could belong to the root; nothing in the tree decides it


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One way in which a root is initialised: the block merged with what is given at `init`.

    `attributes` holds each name once: the value that wins. `label` tells the configurations of one root
    apart (the partial file's path, or empty for the block alone).
    """

    label: str
    certainty: Certainty
    attributes: tuple[Attribute, ...]

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of that name, or None when it is not set."""
        return next((each for each in self.attributes if each.name == name), None)

    def literal(self, name: str) -> LiteralValue:
        """Return the literal value of an argument; None when it is unset, null or computed."""
        attribute = self.attribute(name)
        if attribute is None or not isinstance(attribute.value, Literal):
            return None
        return attribute.value.value

    def text(self, name: str) -> str | None:
        """Return a literal as text; None when it is unset, empty, computed or not a string."""
        value = self.literal(name)
        return value if isinstance(value, str) and value else None

    def flag(self, name: str) -> bool:
        """Return a literal boolean; `"true"` counts as true, as HCL converts it."""
        value = self.literal(name)
        return value is True or value == "true"

    @property
    def computed(self) -> tuple[Attribute, ...]:
        """Return the attributes whose values are expressions."""
        return tuple(each for each in self.attributes if isinstance(each.value, Computed))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePin:
    """A statement of the tree about the engine: `required_version`, `.terraform-version` and such."""

    engine: Engine  # the oldest version that the statement admits; version None when it says none
    statement: str
    span: SourceSpan
    exact: bool  # True for version files and `= x.y.z`


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedBackend:
    """What `.terraform/terraform.tfstate` says the directory is initialised against.

    Secrets (`access_key`, `secret_key`, `token`, `sse_customer_key`) are dropped when it is read.
    """

    path: str
    type: str
    config: Mapping[str, LiteralValue]
    workspace: str = "default"
    engine_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalState:
    """A local state file in the tree; `resources` is 0 for an emptied one (after a migration)."""

    path: str
    serial: int | None
    lineage: str
    resources: int | None
    size_bytes: int


class Place(StrEnum):
    """Tell live code from code that only shows something."""

    LIVE = "live"
    EXAMPLE = "example"  # below fixtures, testdata, examples, docs, templates, …


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A directory that an engine is run in.

    `blocks` are all backend blocks found in the directory after overrides: one is normal, none means
    local state, more is an error of its own. `candidates` are partial files that could belong to it while
    nothing in the tree decides it.
    """

    path: str
    place: Place
    span: SourceSpan
    blocks: tuple[BackendBlock, ...]
    configurations: tuple[Configuration, ...] = ()
    pins: tuple[EnginePin, ...] = ()
    cache: CachedBackend | None = None
    local_states: tuple[LocalState, ...] = ()
    has_resources: bool = True

    @property
    def backend_type(self) -> str:
        """Return the type of the backend, `local` when there is no block."""
        return self.blocks[0].type if self.blocks else "local"


class CreatedKind(StrEnum):
    """Name what a setup module creates."""

    BUCKET = "bucket"
    LOCK_TABLE = "lock table"
    MODULE = "module"  # a well-known module that makes both


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """A bucket or table that code creates; `name` None when it is an expression."""

    kind: CreatedKind
    address: str  # `aws_s3_bucket.state`, `module.tfstate_backend`
    name: str | None
    expression: str
    span: SourceSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPart:
    """One thing that a setup module sets: a resource, or an argument that hardens one.

    `kind` is the same in every module that sets it (`aws_s3_bucket_versioning.status`). `owner` is the name of
    the bucket or table that it belongs to; None when it belongs to none, the text does not decide it, or a `count`
    makes the address stand for several.
    """

    kind: str
    address: str
    span: SourceSpan
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupModule:
    """A directory whose code creates the bucket or table of a backend.

    `complete` is True when a bucket is created and, when `dynamodb` is used, a table with it; a directory that
    looks like a setup module by its name but holds no code has no `creations`.
    """

    path: str
    place: Place
    creations: tuple[Creation, ...]
    files: tuple[str, ...]
    backend_type: str  # `local` when it keeps its own state beside it, which is right
    region: str | None  # from its provider block, where it is literal
    parts: tuple[SetupPart, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether the directory holds no code at all."""
        return not self.files


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A file that could not be read or parsed; the rest of the tree is still reported."""

    span: SourceSpan
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """Everything a scan found below one directory."""

    roots: tuple[Root, ...]
    setup_modules: tuple[SetupModule, ...] = ()
    partial_files: tuple[PartialFile, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    files_read: int = 0
    directories_walked: int = 0

    @property
    def unread_places(self) -> tuple[tuple[str, str], ...]:
        """Return where something could not be read, and why."""
        return tuple((str(each.span), each.message) for each in self.problems)

    def backend_types(self) -> Mapping[str, int]:
        """Count the roots by backend type, live code only."""
        counts: dict[str, int] = {}
        for root in self.roots:
            if root.place is Place.LIVE:
                counts[root.backend_type] = counts.get(root.backend_type, 0) + 1
        return counts
