"""Read back the backend arguments of a file that was generated, in whichever format it is."""

from __future__ import annotations

from holdfast.core.repository import Attribute, Origin
from holdfast.hcl.arguments import attribute_of, attributes_of
from holdfast.hcl.json_parsing import parse_json
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import BodySyntax, ObjectExpression

# The object that holds the arguments: in the JSON document, and in terragrunt's `remote_state`.
ARGUMENTS = "arguments"
CONFIG = "config"


def generated_backend(text: str, *, path: str) -> tuple[Attribute, ...]:
    """Return the arguments in a partial file, a block, a `remote_state` or a JSON document."""
    content = text.encode()
    body = (parse_json(content) if path.endswith(".json") else parse_hcl(content)).body
    for terraform in body.blocks_of("terraform"):
        for block in terraform.body.blocks_of("backend"):
            return attributes_of(block.body, path=path, origin=Origin.BLOCK)
    for block in body.blocks_of("remote_state"):
        return _entries(block.body, CONFIG, path=path, origin=Origin.TERRAGRUNT)
    if body.attribute(ARGUMENTS) is not None:
        return _entries(body, ARGUMENTS, path=path, origin=Origin.PARTIAL_FILE)
    return attributes_of(body, path=path, origin=Origin.PARTIAL_FILE)


def _entries(body: BodySyntax, name: str, *, path: str, origin: Origin) -> tuple[Attribute, ...]:
    attribute = body.attribute(name)
    found = attribute.expression if attribute is not None else None
    entries = found.entries if isinstance(found, ObjectExpression) else ()
    return tuple(attribute_of(each, path=path, origin=origin) for each in entries)
