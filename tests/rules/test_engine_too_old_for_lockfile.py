import pytest

from holdfast.core.engines import Engine, EngineName, Version
from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import CachedBackend, EnginePin
from holdfast.core.source import SourceSpan
from holdfast.rules.engine_too_old_for_lockfile import engine_too_old_for_lockfile
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import settings

LOCKFILE = settings(dynamodb_table=None, use_lockfile=True)


def pin(version: Version | None, *, exact: bool, engine: EngineName) -> EnginePin:
    return EnginePin(
        engine=Engine(engine, version),
        statement=str(version),
        span=SourceSpan(".tool-versions", 1, 1),
        exact=exact,
    )


@pytest.mark.parametrize("engine", EngineName)
@pytest.mark.parametrize("version", [None, Version(1, 10), Version(1, 15, 5)])
def test_an_engine_that_knows_lock_files_or_is_not_known_is_fine(
    engine: EngineName, version: Version | None
) -> None:
    pins = (pin(version, exact=True, engine=engine),)
    code = fleet(root("a", settings=LOCKFILE, pins=pins))
    assert hits(engine_too_old_for_lockfile, code=code) == ()


def test_an_old_engine_without_lock_files_is_fine() -> None:
    pins = (pin(Version(1, 5, 7), exact=True, engine=EngineName.TERRAFORM),)
    code = fleet(root("a", settings=settings(use_lockfile=False), pins=pins))
    assert hits(engine_too_old_for_lockfile, code=code) == ()


def test_a_version_file_decides_before_a_wide_constraint() -> None:
    pins = (
        pin(Version(1, 5), exact=False, engine=EngineName.TERRAFORM),
        pin(Version(1, 12, 2), exact=True, engine=EngineName.TERRAFORM),
    )
    code = fleet(root("a", settings=LOCKFILE, pins=pins))
    assert hits(engine_too_old_for_lockfile, code=code) == ()


def test_engines_that_refuse_the_argument_are_shown_with_their_pins() -> None:
    code = fleet(
        root(
            "a",
            settings=LOCKFILE,
            pins=(pin(Version(1, 9, 8), exact=True, engine=EngineName.TERRAFORM),),
        ),
        root(
            "b",
            settings=settings("b", use_lockfile=True),
            pins=(pin(Version(1, 8), exact=False, engine=EngineName.TOFU),),
        ),
    )
    assert hits(engine_too_old_for_lockfile, code=code) == (
        Hit(
            message=(
                "2 roots use `use_lockfile`, which engines that are allowed there do not know"
            ),
            evidence=(
                Evidence(
                    label="engine",
                    text="`a` is pinned to terraform 1.9.8",
                    span=SourceSpan(".tool-versions", 1, 1),
                ),
                Evidence(
                    label="engine",
                    text="`b` admits tofu 1.8.0",
                    span=SourceSpan(".tool-versions", 1, 1),
                ),
            ),
            advice="Raise the pin to 1.10 or newer.",
            backend=BUCKET,
        ),
    )


def cache(version: str) -> CachedBackend:
    return CachedBackend(
        path="a/.terraform/terraform.tfstate", type="s3", config={}, engine_version=version
    )


def test_without_a_pin_the_engine_that_was_run_there_decides() -> None:
    code = fleet(root("a", settings=LOCKFILE, cache=cache("1.9.8")))
    assert hits(engine_too_old_for_lockfile, code=code) == (
        Hit(
            message="`a` uses `use_lockfile`, which the engine that was run there last does not know",
            evidence=(
                Evidence(
                    label="engine",
                    text="`a` was initialised by version 1.9.8",
                    span=SourceSpan("a/.terraform/terraform.tfstate"),
                ),
            ),
            advice="Use an engine of 1.10 or newer, and pin it.",
            subject="a",
            backend=BUCKET,
        ),
    )


@pytest.mark.parametrize("version", ["1.10.0", "1.15.5", ""])
def test_a_newer_engine_that_was_run_there_or_none_is_fine(version: str) -> None:
    code = fleet(root("a", settings=LOCKFILE, cache=cache(version)))
    assert hits(engine_too_old_for_lockfile, code=code) == ()


def test_a_pin_decides_before_what_was_run_once() -> None:
    pins = (pin(Version(1, 12, 2), exact=True, engine=EngineName.TERRAFORM),)
    code = fleet(root("a", settings=LOCKFILE, pins=pins, cache=cache("1.9.8")))
    assert hits(engine_too_old_for_lockfile, code=code) == ()


def test_an_old_engine_is_fine_where_the_table_locks() -> None:
    code = fleet(root("a", settings=settings(), cache=cache("1.9.8")))
    assert hits(engine_too_old_for_lockfile, code=code) == ()
