"""Read module directories: which files count, which backend blocks they leave after overrides.

Files are prefiltered by bytes; only what can hold something we look for is parsed.

Override files (`override.tf`, `*_override.tf` and their JSON and `.tofu` forms) are merged last, in
alphabetical order, and a backend in one replaces any other (Terraform, "Override Files"). A `.tofu` file
hides the `.tf` file of the same name (OpenTofu 1.8): a directory that has one is meant for OpenTofu.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from holdfast.core.repository import BackendBlock, Literal, Origin
from holdfast.core.source import SourceSpan
from holdfast.hcl.arguments import attributes_of
from holdfast.hcl.evaluation import evaluate
from holdfast.hcl.json_parsing import parse_json
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import BlockSyntax, ParsedFile, SyntaxProblem
from holdfast.hcl.tree import Directory, joined, resolved

MODULE_SUFFIXES = (".tf", ".tf.json", ".tofu", ".tofu.json")
BACKEND = re.compile(rb'backend[ \t]*(?:"|/\*|[A-Za-z_][\w-]*[ \t]*\{)')
CLOUD = re.compile(rb'"cloud"|\bcloud[ \t]*\{')
WORK = re.compile(
    rb'^[ \t]*(?:resource|module|data)[ \t]+"|"(?:resource|module|data)"', re.MULTILINE
)
LOCAL_SOURCE = re.compile(rb'source"?[ \t]*[=:][ \t]*"(\.{1,2}/[^"$\n]{0,400})"')
# Searched for one by one: for a few fixed strings that is faster than one pattern.
WORK_MARKS = (b'resource "', b'module "', b'data "', b'"resource"', b'"module"', b'"data"')
PROVIDER_BLOCK_MARKS = (b'provider "', b'"provider"')
RESOURCE_MARKS = (b"aws_s3_bucket", b"aws_dynamodb_table")
# A module of the registry for AWS; the provider itself is named alike in every `required_providers`.
REGISTRY_MARK = b'/aws"'
PROVIDER_MARK = b'hashicorp/aws"'

Reporter = Callable[[str, SyntaxProblem], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredVersion:
    """One `required_version` statement; `for_tofu` where the file is OpenTofu's own."""

    statement: str
    span: SourceSpan
    for_tofu: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleDirectory:
    """A directory with module files, and what a look at their bytes says about it.

    `contents` are kept only where something is read from them later; `local_sources` are the
    directories of the local modules that it calls.
    """

    path: str
    files: tuple[str, ...]
    blocks: tuple[BackendBlock, ...]
    has_work: bool
    has_provider: bool
    may_create: bool
    broken: bool  # a file that may hold a backend block could not be read or parsed
    local_sources: frozenset[str]
    contents: tuple[tuple[str, bytes], ...]


def module_files(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the module files that count, override files last."""
    candidates = [
        name
        for name in names
        if name.endswith(MODULE_SUFFIXES) and name[0] not in ".#" and name[-1] != "~"
    ]
    hidden = {name.replace(".tofu", ".tf") for name in candidates if ".tofu" in name}
    overrides = {name for name in candidates if "override" in name and is_override(name)}
    counting = sorted(name for name in candidates if name not in hidden)
    return (
        *(name for name in counting if name not in overrides),
        *(name for name in counting if name in overrides),
    )


def is_override(name: str) -> bool:
    """Tell whether a module file is an override file."""
    stem = next((name.removesuffix(each) for each in _LONGEST_FIRST if name.endswith(each)), name)
    return stem == "override" or stem.endswith("_override")


_LONGEST_FIRST = (".tofu.json", ".tf.json", ".tofu", ".tf")


def parse_module_file(
    path: str, content: bytes, *, wanted: frozenset[str], report: Reporter
) -> ParsedFile:
    """Parse one module file, native or JSON, and report where it is broken."""
    parsed = parse_json(content) if path.endswith(".json") else parse_hcl(content, wanted=wanted)
    if parsed.problem is not None:
        report(path, parsed.problem)
    return parsed


def read_module_directory(
    directory: Directory,
    *,
    read: Callable[[str], bytes | None],
    report: Reporter,
) -> ModuleDirectory | None:
    """Read the module files of a directory; None when there are none."""
    names = module_files(directory.files)
    if not names:
        return None
    contents: list[tuple[str, bytes]] = []
    for name in names:
        path = joined(directory.path, name)
        content = read(path)
        if content is not None:
            contents.append((path, content))
    # What no file holds is found out once for all of them: that is most of the work of a scan.
    together = b"\n".join([content for _, content in contents])
    has_provider = _holds_any(together, PROVIDER_BLOCK_MARKS)
    may_create = may_hold_creation(together)
    blocks, unclear = (
        _backend_blocks(contents, report=report)
        if b"backend" in together or b"cloud" in together
        else ((), False)
    )
    return ModuleDirectory(
        path=directory.path,
        files=tuple(joined(directory.path, name) for name in names),
        blocks=blocks,
        has_work=_holds_any(together, WORK_MARKS),
        has_provider=has_provider,
        may_create=may_create,
        broken=unclear or len(contents) < len(names),
        local_sources=_local_sources(directory.path, together),
        contents=tuple(contents) if blocks or has_provider or may_create else (),
    )


def required_versions(module: ModuleDirectory, *, report: Reporter) -> tuple[RequiredVersion, ...]:
    """Return the `required_version` statements of a module directory."""
    found: list[RequiredVersion] = []
    for path, content in module.contents:
        if b"required_version" not in content:
            continue
        parsed = parse_module_file(path, content, wanted=frozenset({"terraform"}), report=report)
        for block in parsed.body.blocks_of("terraform"):
            attribute = block.body.attribute("required_version")
            if attribute is None:
                continue
            match evaluate(attribute.expression):
                case Literal(str(statement)):
                    span = SourceSpan(path, attribute.line, attribute.column)
                    tofu = path.endswith((".tofu", ".tofu.json"))
                    found.append(RequiredVersion(statement=statement, span=span, for_tofu=tofu))
                case _:
                    pass
    return tuple(found)


def backend_block(block: BlockSyntax, *, path: str) -> BackendBlock:
    """Return what a `backend` or `cloud` block says."""
    return BackendBlock(
        type="cloud" if block.type == "cloud" else next(iter(block.labels), ""),
        span=SourceSpan(path, block.line, block.column),
        attributes=attributes_of(block.body, path=path, origin=Origin.BLOCK),
        comments=block.comments,
    )


def _backend_blocks(
    contents: Iterable[tuple[str, bytes]], *, report: Reporter
) -> tuple[tuple[BackendBlock, ...], bool]:
    """Return the blocks that are left after overrides, and whether a file of them is broken."""
    blocks: list[BackendBlock] = []
    broken = False
    for path, content in contents:
        if b"backend" not in content and b"cloud" not in content:
            continue  # most files of a large tree, without so much as a call
        if not may_hold_backend(path, content):
            continue
        parsed = parse_module_file(path, content, wanted=frozenset({"terraform"}), report=report)
        broken = broken or parsed.problem is not None
        found = [
            backend_block(block, path=path)
            for terraform in parsed.body.blocks_of("terraform")
            for block in terraform.body.blocks
            if block.type in {"backend", "cloud"}
        ]
        if found and is_override(path.rpartition("/")[2]):
            blocks = found
        else:
            blocks += found
    return tuple(blocks), broken


def may_call_registry(content: bytes) -> bool:
    """Tell from the bytes whether a file can call a public module for AWS; never wrongly no."""
    return b"terraform-aws-" in content or (
        REGISTRY_MARK in content and content.count(REGISTRY_MARK) > content.count(PROVIDER_MARK)
    )


def may_hold_creation(content: bytes) -> bool:
    """Tell from the bytes whether a file can create a bucket or a table; never wrongly no."""
    return _holds_any(content, RESOURCE_MARKS) or may_call_registry(content)


def may_hold_backend(path: str, content: bytes) -> bool:
    """Tell from the bytes whether a file can hold a backend block; never wrongly no."""
    if path.endswith(".json"):
        return b'"backend"' in content or b'"cloud"' in content
    return (b"backend" in content and BACKEND.search(content) is not None) or (
        b"cloud" in content and CLOUD.search(content) is not None
    )


def _holds_any(content: bytes, marks: tuple[bytes, ...]) -> bool:
    for mark in marks:  # noqa: SIM110 - run for every file: `any` would make a generator each time
        if mark in content:
            return True
    return False


def _local_sources(directory: str, content: bytes) -> frozenset[str]:
    if b"./" not in content:
        return frozenset()
    paths = {match[1].decode("utf-8", "replace") for match in LOCAL_SOURCE.finditer(content)}
    targets = {resolved(directory, path.replace("//", "/")) for path in paths}
    return frozenset(target for target in targets if target is not None)
