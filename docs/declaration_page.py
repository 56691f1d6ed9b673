"""The reference page of `holdfast.yaml`, made from the table of settings that checks the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from holdfast.core.component_fields import BACKEND_FIELDS
from holdfast.core.component_words import PIPELINE_FIELDS
from holdfast.core.pattern_filters import CUT_HASH_LENGTH, CUT_LENGTH_MAX, CUT_LENGTH_MIN
from holdfast.core.patterns import HASH_LENGTH_MAX, HASH_LENGTH_MIN, expand, parse_pattern
from holdfast.declaration.naming import NAME_FIELDS
from holdfast.declaration.settings import DECLARATION
from holdfast.declaration.shapes import (
    Choice,
    Constant,
    Field,
    Flag,
    Group,
    Listed,
    Named,
    Number,
    Shape,
    Text,
    TextMap,
    TextOrMap,
)

EXAMPLE = """\
```yaml
version: 1
organization: msdp

naming:
  bucket: "{organization}-terraform-state-{account}"
  lock_table: "{organization}-terraform-locks-{account}"
  key: "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"

accounts:
  dev: {id: "111111111111", profile: msdp-dev}
  prod: {id: "222222222222", role: "arn:aws:iam::222222222222:role/terraform-backend"}

backends:
  dev: {account: dev, region: eu-west-1, locking: dynamodb}
  prod: {account: prod, region: eu-west-1, locking: lockfile, bucket: msdp-prod-state-legacy}

environments: {dev: dev, staging: dev, prod: prod}

layout:
  roots: ["infrastructure/{platform}/{component}/{environment}"]
  setup: "infrastructure/setup/{backend}"
  file: backend.hcl

fields:
  platform: [azure, aws, shared]

components:
  - {platform: azure, component: network, environment: dev}
  - {platform: azure, component: aks, environment: dev, instance: aks-msdp-dev-01}

baseline:
  noncurrent_versions: {keep: 50, days: 90}

ignore:
  - {rule: bucket-access-logging-off, backend: dev, reason: CloudTrail data events cover it}
```
"""

SAMPLES = (
    ("{component}", "the value itself; it must be there"),
    ("[-{instance}]", "dropped whole when a field inside has no value"),
    ("{region_code}", "short code of a region; `{region:code}` is the same"),
    ("{component:lower}", "lower case"),
    (
        "{component:20}",
        (
            f"at most so many characters ({CUT_LENGTH_MIN} to {CUT_LENGTH_MAX}); a longer value is cut and ends in"
            f" `-` and {CUT_HASH_LENGTH} hexadecimal characters of the whole of it"
        ),
    ),
    ("{component:lower:20}", "filters are done from left to right"),
    (
        "{component}-{hash:8}",
        (
            f"so many hexadecimal characters ({HASH_LENGTH_MIN} to {HASH_LENGTH_MAX}) that stay the same as long"
            " as the values of the other fields of the pattern do"
        ),
    ),
)
SAMPLE_VALUES = {"component": "Customer-Analytics-Warehouse", "region": "eu-west-1"}


def declaration_page(notice: str) -> Iterator[str]:
    """Yield the page: an example, patterns, components, and every setting."""
    yield f"# The declaration\n\n{notice}"
    yield (
        "`holdfast.yaml` says which accounts and backends there are, how names are made, and which component keeps\n"
        "its state where. Holdfast looks for it in the directory that is read. Every mistake in it is told at once, with\n"
        "its line and column. What exists keeps its name: a literal `bucket` or `lock_table` wins over a\n"
        "pattern.\n"
    )
    yield EXAMPLE
    yield from _patterns()
    yield from _components()
    yield "## Settings"
    yield from _group(DECLARATION, "")
    yield (
        "\n## In an editor\n\n"
        "A JSON Schema (draft 2020-12) of this format ships with the package; an editor that has it completes and checks\n"
        "the file while it is written:\n\n"
        "```console\n"
        '$ python -c "from holdfast.declaration.schema import shipped_schema; print(shipped_schema())" > holdfast.schema.json\n'
        "```"
    )


def _patterns() -> Iterator[str]:
    yield "## Patterns\n"
    yield "| written | gives | |\n|---|---|---|"
    for text, words in SAMPLES:
        yield f"| `{text}` | {_sample(text)} | {words} |"
    own = ", ".join(f"`{each}`" for each in NAME_FIELDS)
    more = ", ".join(f"`{each}`" for each in BACKEND_FIELDS)
    yield (
        f"\nThe samples have component `{SAMPLE_VALUES['component']}` in region `{SAMPLE_VALUES['region']}`. Names of"
        f" buckets and\nlock tables are made from {own};\nkeys and names of pipelines from the component's own fields,"
        f" and {more} of its backend.\n"
    )


def _sample(text: str) -> str:
    pattern = parse_pattern(text)
    if isinstance(pattern, tuple):
        raise TypeError(pattern)
    expanded = expand(pattern, SAMPLE_VALUES)
    return f"`{expanded}`" if expanded else "nothing"


def _components() -> Iterator[str]:
    pipeline = ", ".join(PIPELINE_FIELDS)
    yield "## Components\n"
    yield (
        "A component is listed under `components`, or found: a live root whose path has the form of an entry of\n"
        "`layout.roots`. One that is listed and found is one. The fields of a component are those that `naming.key`,\n"
        "`naming.pipeline` and `layout.roots` name, and those of `fields`; any other is a mistake. Its backend is the\n"
        "one that its field `backend` names, or else the one of its `environment` (and `region`) in `environments`, or\n"
        "else the only one there is. No two components of a backend may have one key, not even but for upper and lower\n"
        "case. A listed one may have its `key` and the path of its `root` literally, where no pattern gives them: they win,\n"
        "and are checked as all others are; nobody else may have that root. With a `key` it needs none of the fields of\n"
        "`naming.key`.\n"
        f"Without `naming.pipeline`, the name of a pipeline is made of {pipeline}, with hyphens.\n"
    )


def _group(group: Group, path: str) -> Iterator[str]:
    """Yield the table of a group, and then those of the groups inside."""
    yield "\n| setting | value | meaning |\n|---|---|---|"
    for field in group.fields:
        required = " **Required.**" if field.required else ""
        name = f"{path}.{field.name}" if path else field.name
        yield f"| `{name}` | {_words(field.shape)} | {_escaped(field.description)}{required} |"
    for field in group.fields:
        inner = _inner_group(field)
        if inner is not None:
            name = f"{path}.{field.name}" if path else field.name
            yield f"\n### {name}{_one_of(field.shape)}"
            yield from _group(inner, "" if isinstance(field.shape, Named | Listed) else name)


def _inner_group(field: Field) -> Group | None:
    match field.shape:
        case Group() as group:
            return group
        case Named(value=Group() as group) | Listed(item=Group() as group):
            return group
        case _:
            return None


def _one_of(shape: Shape) -> str:
    match shape:
        case Named():
            return f": {shape.title}"
        case Listed():
            return ": one entry"
        case _:
            return ""


def _words(shape: Shape) -> str:
    match shape:
        case Text():
            return "text in quotes" if shape.quoted else "text"
        case Choice():
            return ", ".join(f"`{each}`" for each in shape.values)
        case Constant():
            return f"`{shape.value}`"
        case Number():
            return f"{shape.minimum} to {shape.maximum}"
        case Flag():
            return "`true` or `false`"
        case TextMap():
            return "text by text"
        case TextOrMap():
            return "text, or text by text"
        case Group():
            return "settings"
        case Named():
            return f"{_words(shape.value)}, by name"
        case Listed():
            return f"list of {_words(shape.item)}"
        case _:
            assert_never(shape)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
