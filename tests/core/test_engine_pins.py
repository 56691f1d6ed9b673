"""Which pin decides about a root's engine."""

from holdfast.core.engine_pins import deciding_pins, has_tofu, may_run_tofu
from holdfast.core.engines import Engine, EngineName, Version
from holdfast.core.repository import EnginePin, Repository
from holdfast.core.source import SourceSpan
from tests.rules.fleets import root


def pin(
    version: Version | None,
    *,
    exact: bool = False,
    engine: EngineName = EngineName.TERRAFORM,
) -> EnginePin:
    return EnginePin(
        engine=Engine(engine, version),
        statement=str(version) if exact else f"required_version = >= {version}",
        span=SourceSpan("versions.tf", 2, 3),
        exact=exact,
    )


TOFU_FILE = pin(Version(1, 11), exact=True, engine=EngineName.TOFU)
TERRAFORM_FILE = pin(Version(1, 12), exact=True)


def test_an_exact_pin_decides_before_any_constraint() -> None:
    assert deciding_pins([pin(Version(1, 13)), TERRAFORM_FILE]) == (TERRAFORM_FILE,)


def test_the_oldest_of_exact_pins_and_the_strictest_of_constraints_decide() -> None:
    old, strict = pin(Version(1, 9), exact=True), pin(Version(1, 6))
    assert deciding_pins([TERRAFORM_FILE, old]) == (old,)
    assert deciding_pins([pin(Version(1, 5)), strict, pin(None)]) == (strict,)


def test_each_engine_has_its_own_pin_and_one_without_version_decides_nothing() -> None:
    assert deciding_pins([TOFU_FILE, TERRAFORM_FILE]) == (TERRAFORM_FILE, TOFU_FILE)
    assert deciding_pins([pin(None)]) == ()
    assert deciding_pins([]) == ()


def test_a_version_file_says_which_engine_runs_a_root() -> None:
    for elsewhere in (False, True):
        assert not may_run_tofu(root(pins=(TERRAFORM_FILE,)), tofu_in_repository=elsewhere)
        assert may_run_tofu(root(pins=(TOFU_FILE,)), tofu_in_repository=elsewhere)


def test_a_constraint_alone_leaves_it_to_the_rest_of_the_repository() -> None:
    for pins in ((), (pin(Version(1, 11)),), (pin(Version(1, 11)), pin(None))):
        assert not may_run_tofu(root(pins=pins), tofu_in_repository=False)
        assert may_run_tofu(root(pins=pins), tofu_in_repository=True)


def test_one_pin_makes_a_repository_one_with_tofu() -> None:
    terraform, tofu = root("a", pins=(TERRAFORM_FILE,)), root("b", pins=(TOFU_FILE,))
    assert not has_tofu(Repository(roots=(terraform,)))
    assert has_tofu(Repository(roots=(terraform, tofu)))
