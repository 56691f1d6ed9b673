"""Checks over the engines that run a backend's roots: whether they know the lock file. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.core.backends import Backend
from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.engine_pins import deciding_pins
from holdfast.core.engines import Engine, EngineName, Version, supports_lockfile
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.fleet import Fleet
from holdfast.core.locking_checks import Check, CheckOutcome, judged_check
from holdfast.core.locking_roots import live_roots
from holdfast.core.repository import Root
from holdfast.core.settings import Setting, backend_of, settings_of
from holdfast.core.source import SourceSpan
from holdfast.core.state_content import StateContent, StateHead

ENGINE_TOO_OLD = "engine-too-old"
ENGINE_NOT_KNOWN = "engine-not-known"
WRITER_TOO_OLD = "writer-too-old"
TABLE_DEPRECATED = "table-deprecated"
OLDEST = "1.10"


def engine_checks(
    fleet: Fleet, backend: Backend, states: Mapping[str, Fact[StateContent | None]]
) -> tuple[Check, ...]:
    """Return whether every engine that is known to run here knows the lock file, and who runs unknown ones.

    `states` are what was read of the backend's states, by key: the engine that wrote one last stands in it, and may have been
    replaced since. A pin that admits older engines and newer ones tells nothing by itself.
    """
    roots = _roots(fleet, backend)
    old = [line for root in roots for line in _old_in_code(root)]
    raised = {key for root in roots if _is_raised(root) for key in _keys(root, backend)}
    writers = [
        line for key, read in states.items() if key not in raised for line in _old_writer(key, read)
    ]
    unknown = [
        Evidence(label="root", text=f"`{root.path}`: {_pins_words(root)}", span=root.span)
        for root in roots
        if not any(_told(root, _keys(root, backend), states))
    ]
    return (
        judged_check(
            ENGINE_TOO_OLD,
            old,
            bad=CheckOutcome.REFUSED,
            words=f"engines before {OLDEST} run here, and refuse `use_lockfile`",
            passed=f"no engine before {OLDEST} is known to run here",
            hint=f"Bring these roots to {OLDEST} or newer first.",
        ),
        judged_check(
            WRITER_TOO_OLD,
            writers,
            bad=CheckOutcome.UNKNOWN,
            words=f"an engine before {OLDEST} wrote {counted(len(writers), 'state')} last;"
            " whether it still runs is not known",
            passed=f"no state of a root without a pin was last written by an engine before {OLDEST}",
            hint=f'Apply once with {OLDEST} or newer, or pin it: `required_version = ">= {OLDEST}"`.',
        ),
        judged_check(
            ENGINE_NOT_KNOWN,
            unknown,
            bad=CheckOutcome.UNKNOWN,
            words=f"which engine runs {counted(len(unknown), 'root')} is not known",
            passed="the engine of every root is known",
            hint=f'Pin them: `required_version = ">= {OLDEST}"` makes an older engine refuse to run.',
        ),
    )


def table_check(fleet: Fleet, backend: Backend) -> Check:
    """Return what becomes of the table: Terraform deprecates it, OpenTofu does not. It stands in nobody's way."""
    engines = {pin.engine.name for root in _roots(fleet, backend) for pin in root.pins if pin.exact}
    tofu = "OpenTofu supports both kinds of lock and does not plan to deprecate either: the table is optional"
    terraform = "Terraform deprecates locking in DynamoDB and says that it will be removed in a future minor version"
    if EngineName.TOFU not in engines:
        words = terraform
    elif EngineName.TERRAFORM not in engines:
        words = tofu
    else:
        words = f"{terraform}; {tofu}"
    return Check(slug=TABLE_DEPRECATED, outcome=CheckOutcome.PASSED, words=words)


def _roots(fleet: Fleet, backend: Backend) -> tuple[Root, ...]:
    used = {
        setting.root.path
        for setting in settings_of(fleet.repository)
        if _uses(setting, backend, fleet)
    }
    return tuple(root for root in live_roots(fleet) if root.path in used)


def _uses(setting: Setting, backend: Backend, fleet: Fleet) -> bool:
    found = backend_of(setting, fleet.backends)
    return found is not None and found.name == backend.name


def _keys(root: Root, backend: Backend) -> tuple[str, ...]:
    uses = (use for use in backend.uses if use.root_path == root.path)
    return tuple(dict.fromkeys(key for use in uses for key in use.state_keys()))


def _old_in_code(root: Root) -> Iterator[Evidence]:
    for pin in deciding_pins(root.pins):
        if pin.exact and supports_lockfile(pin.engine) is False:
            yield Evidence(
                label="pin", text=f"`{root.path}` is pinned to {pin.engine}", span=pin.span
            )
    cache = root.cache
    if cache is not None and _knows_lock_file(cache.engine_version) is False:
        version = printable(cache.engine_version)
        words = f"`{root.path}` was initialised by {version}"
        yield Evidence(label="cache", text=words, span=SourceSpan(cache.path))


def _is_raised(root: Root) -> bool:
    """Tell whether the pins of a root admit nothing older: then it does not matter who wrote its state last."""
    pins = deciding_pins(root.pins)
    return bool(pins) and all(supports_lockfile(pin.engine) for pin in pins)


def _old_writer(key: str, read: Fact[StateContent | None]) -> Iterator[Evidence]:
    version = _writer(read)
    if version is not None and _knows_lock_file(version) is False:
        text = f"`{printable(key)}` was last written by {printable(version)}"
        yield Evidence(label="state", text=text)


def _told(
    root: Root, keys: Sequence[str], states: Mapping[str, Fact[StateContent | None]]
) -> Iterator[bool]:
    """Yield whether each thing that could tell the engine of a root does."""
    pins = deciding_pins(root.pins)
    yield any(pin.exact or supports_lockfile(pin.engine) for pin in pins)
    yield root.cache is not None and _knows_lock_file(root.cache.engine_version) is not None
    read = [states[key] for key in keys if key in states]
    yield any((version := _writer(each)) is not None and bool(version) for each in read)


def _writer(read: Fact[StateContent | None]) -> str | None:
    match read:
        case Known(StateHead(engine_version=version)):
            return version
        case Known(_) | Withheld():
            return None


def _knows_lock_file(version: str) -> bool | None:
    """Tell whether an engine of a version knows the lock file; both engines do since the same one."""
    parsed = Version.parse(version)
    return None if parsed is None else supports_lockfile(Engine(EngineName.TERRAFORM, parsed))


def _pins_words(root: Root) -> str:
    pins = deciding_pins(root.pins)
    if not pins:
        return "no version is pinned, and nothing shows who ran it"
    return ", ".join(f"it admits {pin.engine}" for pin in pins)
