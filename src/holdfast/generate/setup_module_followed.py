"""What a module needs beside the text that it shares with its pattern: imports, and how it begins. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.core.cloud import Bucket, Encryption
from holdfast.core.facts import Known, Withheld
from holdfast.core.generated import GeneratedFile
from holdfast.core.repository import SetupModule
from holdfast.generate.setup_existing import (
    ENCRYPTION_TYPE,
    LIFECYCLE_TYPE,
    POLICY_TYPE,
    existing,
)
from holdfast.generate.setup_module import HEADER, REQUIRED_VERSION
from holdfast.generate.setup_module_imports import imports_text
from holdfast.generate.setup_module_readme import readme_text
from holdfast.generate.setup_settings import SetupSettings


def files_beside(
    settings: SetupSettings, copy: SetupModule, *, pattern: str
) -> tuple[GeneratedFile, ...]:
    """Return `imports.tf` and `README.md` for a module that follows another one."""
    addresses = import_addresses(settings, copy)
    imports = imports_text(
        existing(settings),
        addresses,
        HEADER,
        bucket=settings.bucket,
        cautions=tuple(_cautions(settings, addresses)),
        required_version=REQUIRED_VERSION,
    )
    texts = {"imports.tf": imports, "README.md": readme_text(settings, pattern=pattern)}
    return tuple(
        GeneratedFile(path=f"{copy.path}/{name}".removeprefix("./"), text=text)
        for name, text in texts.items()
    )


def import_addresses(settings: SetupSettings, module: SetupModule) -> Mapping[str, str]:
    """Return the address of each type of resource that the module has for the bucket and the table.

    A type of which the module has several for the one bucket is left out: which of them is meant is not known.
    """
    names = {
        settings.bucket,
        settings.table.name if settings.table is not None else settings.bucket,
    }
    found: dict[str, list[str]] = {}
    for part in module.parts:
        kind = part.address.split(".")[-2] if "." in part.address else ""
        if part.kind == kind and part.owner in names:
            found.setdefault(kind, []).append(part.address)
    return {kind: addresses[0] for kind, addresses in found.items() if len(addresses) == 1}


def remarks_about(
    module: SetupModule, *, pattern: SetupModule, whole: SetupModule | None
) -> Iterator[str]:
    """Yield what a person should know of a module that follows `pattern`; `whole` has the whole baseline."""
    identities = [part for part in module.parts if part.kind.startswith("aws_iam_")]
    for part in identities:
        yield (
            f"`{part.address}` ({part.span}) may have the name that it has in `{pattern.path}`;"
            " IAM knows no regions"
        )
    lacks = lacking(pattern, whole)
    if lacks:
        parts = f"{len(lacks)} part{'s' if len(lacks) != 1 else ''}"
        head = (
            f"`{pattern.path}` lacks {parts} of the baseline, and so does the module after it;"
            " `--own-structure` writes the whole one:"
        )
        yield "\n".join((head, *(f"  {kind}" for kind in lacks)))


def lacking(pattern: SetupModule, whole: SetupModule | None) -> Sequence[str]:
    """Return the kinds of parts that a module with the whole baseline has and the pattern lacks."""
    has = {part.kind for part in pattern.parts}
    wanted = dict.fromkeys(part.kind for part in (whole.parts if whole is not None else ()))
    # An argument of a resource that is lacking as a whole is not worth a word of its own.
    return [
        kind
        for kind in wanted
        if kind not in has and ("." not in kind or kind.partition(".")[0] in has)
    ]


def _cautions(settings: SetupSettings, addresses: Mapping[str, str]) -> Iterator[str]:
    there = settings.bucket_there
    if not isinstance(there, Bucket):
        return
    if POLICY_TYPE in addresses and there.policy != Known(None):
        yield "the policy of the bucket is replaced by the one of this module"
    if LIFECYCLE_TYPE in addresses and there.lifecycle != Known(()):
        yield "the lifecycle rules of the bucket are replaced by those of this module"
    match there.encryption:
        case Known(Encryption() as found) if (
            ENCRYPTION_TYPE in addresses and found.algorithm != "AES256"
        ):
            yield f"the bucket is encrypted with {found.algorithm}, key {found.key or 'of AWS'}"
        case _:
            pass
    if isinstance(settings.tags_there, Withheld):
        yield "the tags of the bucket could not be read, and are replaced by those of this module"
    elif settings.tags_there:
        names = ", ".join(f"`{name}`" for name, _ in settings.tags_there)
        yield f"the bucket has tags that this module may not have: {names}"
