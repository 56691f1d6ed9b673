from dataclasses import replace

import pytest

from holdfast.core.engines import Engine, EngineName, Version
from holdfast.core.repository import (
    Attribute,
    BackendBlock,
    Certainty,
    Computed,
    Configuration,
    EnginePin,
    Literal,
    LiteralValue,
    Origin,
    PartialFile,
    Place,
    Repository,
    Root,
)
from holdfast.core.source import SourceSpan
from holdfast.generate.team_page_roots import init_lines
from tests.rules.fleets import root

FILES = tuple(PartialFile(path=path, attributes=()) for path in ("a/dev.hcl", "common.hcl"))
TOFU = EnginePin(
    engine=Engine(EngineName.TOFU, Version(1, 10)),
    statement="1.10.0",
    span=SourceSpan(".opentofu-version", 1),
    exact=True,
)


def given(name: str, value: LiteralValue, origin: Origin = Origin.ARGUMENT) -> Attribute:
    return Attribute(name=name, value=Literal(value), span=SourceSpan("ci.sh", 3), origin=origin)


def labelled(label: str, *attributes: Attribute, path: str = "a") -> Root:
    one = root(path, label=label)
    (configuration,) = one.configurations
    changed = replace(configuration, attributes=(*configuration.attributes, *attributes))
    return replace(one, configurations=(changed,))


def lines(*roots: Root) -> list[str]:
    return [each.line for each in init_lines(Repository(roots=roots, partial_files=FILES))]


@pytest.mark.parametrize(
    ("of", "line"),
    [
        (labelled(""), "terraform -chdir=a init"),
        (labelled("", path="."), "terraform init"),
        (labelled("a/dev.hcl"), "terraform -chdir=a init -backend-config=dev.hcl"),
        (
            labelled("common.hcl + a/dev.hcl", path="a b"),
            "terraform '-chdir=a b' init -backend-config=../common.hcl -backend-config=../a/dev.hcl",
        ),
        (
            labelled("a/dev.hcl", given("key", "x y"), given("use_lockfile", value=True)),
            "terraform -chdir=a init -backend-config=dev.hcl '-backend-config=key=x y' -backend-config=use_lockfile=true",
        ),
        (labelled("ci.sh:3", given("key", "x")), "# a: as ci.sh:3 does"),
        (labelled("a/dev.hcl", given("secret_key", "x")), "# a: as a/dev.hcl does"),
        (labelled("a/dev.hcl", given("region", "x", Origin.ENVIRONMENT)), "# a: as a/dev.hcl does"),
        (replace(labelled(""), pins=(TOFU,)), "tofu -chdir=a init"),
    ],
)
def test_a_root_is_initialised_by_exactly_this_line(of: Root, line: str) -> None:
    assert lines(of) == [line]


def test_an_argument_that_only_a_script_knows_is_left_to_the_script() -> None:
    computed = replace(given("key", ""), value=Computed("$KEY"))
    assert lines(labelled("a/dev.hcl", computed)) == ["# a: as a/dev.hcl does"]


def test_a_terragrunt_unit_is_initialised_by_terragrunt() -> None:
    block = BackendBlock(
        type="s3", span=SourceSpan("a b/terragrunt.hcl", 1), attributes=(), terragrunt=True
    )
    unit = replace(labelled("", path="a b"), blocks=(block,))
    assert lines(unit, replace(unit, path=".")) == [
        "(cd 'a b' && terragrunt init)",
        "terragrunt init",
    ]


def test_only_ways_that_are_certain_in_live_code_are_told() -> None:
    candidate = Configuration(label="b.hcl", certainty=Certainty.CANDIDATE, attributes=())
    assert (
        lines(
            replace(labelled(""), place=Place.EXAMPLE),
            replace(labelled(""), configurations=(candidate,)),
            replace(labelled(""), blocks=()),
        )
        == []
    )
