"""What a setup module takes over: `imports.tf`, a record of what was there when it was written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holdfast.generate.hcl_blocks import (
    HclAttribute,
    HclBlock,
    HclExpression,
    hcl_comment,
    hcl_text,
)
from holdfast.generate.setup_existing import BUCKET_TYPE, TABLE_TYPE, Existing

TAKEN_OVER = """\
What was there already when this file was written. Terraform takes it over at the first apply; afterwards the
blocks do nothing, and may stay or go."""
CAUTION = "Look at the plan before it is applied:"
NOTHING = """\
Nothing that can be imported is known to exist. What does exist is taken over with a block like

  import {{
    to = {address}
    id = "{bucket}"
  }}"""
NOTHING_THERE = "Nothing that this module creates was there when this file was written."


def imports_text(
    existing: Existing,
    addresses: Mapping[str, str],
    header: str,
    *,
    bucket: str,
    cautions: Sequence[str] = (),
    required_version: str | None = None,
) -> str:
    """Return the text of `imports.tf`; `addresses` are those of the module's resources by their type.

    What exists and is no resource of the module stays out: Terraform refuses an import without one.
    `required_version` is stated beside the blocks where the rest of the module does not ask for as much.
    """
    blocks = [
        HclBlock(
            "import",
            (),
            (
                # An expression is allowed since Terraform 1.6 only, a literal in every version.
                HclAttribute("to", HclExpression(addresses[each.type])),
                HclAttribute("id", each.identifier),
            ),
        )
        for each in existing.resources
        if each.type in addresses
    ]
    if blocks and required_version is not None:
        version = HclAttribute("required_version", required_version)
        blocks.insert(0, HclBlock("terraform", (), (version,)))
    parts = [header, hcl_comment(_summary(existing, addresses, bucket, taken_over=bool(blocks)))]
    not_known = (
        *existing.not_known,
        *(
            f"`{each.identifier}` exists, and where the module has it is not known"
            for each in existing.resources
            if each.type in {BUCKET_TYPE, TABLE_TYPE} and each.type not in addresses
        ),
    )
    for title, lines in (("Not known, or in the way:", not_known), (CAUTION, cautions)):
        if lines:
            parts.append(hcl_comment("\n".join((title, *(f"- {each}" for each in lines)))))
    text = "\n#\n".join(parts)
    return f"{text}\n\n{hcl_text(blocks)}" if blocks else f"{text}\n"


def _summary(
    existing: Existing, addresses: Mapping[str, str], bucket: str, *, taken_over: bool
) -> str:
    if taken_over:
        return TAKEN_OVER
    if existing.not_known or existing.resources:
        return NOTHING.format(address=addresses.get(BUCKET_TYPE, "ADDRESS"), bucket=bucket)
    return NOTHING_THERE
