"""Read the version files that people keep for version managers, and `required_version`.

Sources: tfenv and tfswitch (`.terraform-version`), tenv and tofuenv (`.opentofu-version`), asdf and mise
(`.tool-versions`). The nearest file above a root counts, as it does for those tools.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holdfast.core.cleaning import printable
from holdfast.core.engines import Engine, EngineName, Version, oldest_allowed
from holdfast.core.repository import EnginePin
from holdfast.core.source import SourceSpan

VERSION_FILES = {
    ".terraform-version": EngineName.TERRAFORM,
    ".opentofu-version": EngineName.TOFU,
}
TOOL_VERSIONS = ".tool-versions"
TOOL_NAMES = {
    "terraform": EngineName.TERRAFORM,
    "opentofu": EngineName.TOFU,
    "tofu": EngineName.TOFU,
}
PIN_FILES = (*VERSION_FILES, TOOL_VERSIONS)
STATEMENT_LENGTH_MAX = 100


def version_pins(path: str, content: bytes) -> tuple[EnginePin, ...]:
    """Return what a version file says about an engine."""
    lines = content.decode("utf-8", "replace").splitlines()
    name = path.rpartition("/")[2]
    if name == TOOL_VERSIONS:
        return tuple(_tool_versions(path, lines))
    for number, line in enumerate(lines, start=1):
        statement = line.partition("#")[0].strip()
        if statement:
            return (_pin(VERSION_FILES[name], statement, SourceSpan(path, number, 1)),)
    return ()


def required_version_pin(engine: EngineName, statement: str, span: SourceSpan) -> EnginePin:
    """Return what a `required_version` constraint says."""
    bare = statement.strip().removeprefix("=").strip()
    exact = Version.parse(bare) is not None and bare[:1].isdigit() and "," not in bare
    return EnginePin(
        engine=Engine(engine, oldest_allowed(statement)),
        statement=f"required_version = {printable(statement, length_max=STATEMENT_LENGTH_MAX)}",
        span=span,
        exact=exact,
    )


def engine_of(pins: Iterable[EnginePin]) -> EngineName:
    """Return the engine that version files name: OpenTofu when one of them does."""
    names = {pin.engine.name for pin in pins}
    return EngineName.TOFU if EngineName.TOFU in names else EngineName.TERRAFORM


def _tool_versions(path: str, lines: Iterable[str]) -> Iterator[EnginePin]:
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if len(words) > 1 and words[0] in TOOL_NAMES:
            yield _pin(TOOL_NAMES[words[0]], words[1], SourceSpan(path, number, 1))


def _pin(engine: EngineName, statement: str, span: SourceSpan) -> EnginePin:
    version = Version.parse(statement)
    return EnginePin(
        engine=Engine(engine, version),
        statement=printable(statement, length_max=STATEMENT_LENGTH_MAX),
        span=span,
        exact=version is not None,
    )
