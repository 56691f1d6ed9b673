"""Read the text of a setup module that others are to follow: which stretches of it may name something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from holdfast.core.repository import Literal
from holdfast.core.setup_pattern import PatternFile, PatternStretch, SetupPattern
from holdfast.core.source import SourceSpan
from holdfast.hcl.evaluation import evaluate
from holdfast.hcl.grammar import first_problem, tree_of, utf8
from holdfast.hcl.parsing import parse_hcl

if TYPE_CHECKING:
    from tree_sitter import Node

STRINGS = frozenset({"string_lit", "quoted_template", "heredoc_template"})
FOLLOWED_SUFFIXES = (".tf", ".tofu", ".tfvars")
JSON_SUFFIXES = (".tf.json", ".tofu.json", ".tfvars.json")


def is_followed(name: str) -> bool:
    """Tell whether a file of this name belongs to what a module says."""
    return name.endswith((*FOLLOWED_SUFFIXES, *JSON_SUFFIXES)) and not name.startswith(".")


def setup_pattern(path: str, contents: Mapping[str, bytes]) -> SetupPattern:
    """Return the pattern of the module in the directory `path`; `contents` are its files by their names."""
    files: list[PatternFile] = []
    problems: list[str] = []
    for name, content in sorted(contents.items()):
        if not name.endswith(FOLLOWED_SUFFIXES):
            problems.append(f"`{path}/{name}` is JSON")
            continue
        source = utf8(content)
        root = tree_of(source)
        problem = first_problem(root, source) if root.has_error else None
        if problem is not None:
            place = SourceSpan(f"{path}/{name}", problem.line, problem.column)
            problems.append(f"`{place}`: {problem.message}")
            continue
        stretches = tuple(_stretches(root, source))
        files.append(PatternFile(name=name, text=source.decode("utf-8"), stretches=stretches))
    return SetupPattern(path=path, files=tuple(files), problems=tuple(problems))


def _stretches(root: Node, source: bytes) -> Iterator[PatternStretch]:
    """Yield the stretches of a file in order; the labels of blocks are none."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "comment":
            yield _stretch(node, source, comment=True, whole=False)
            continue
        if node.type in STRINGS:
            literals = [child for child in node.named_children if child.type == "template_literal"]
            whole = node.type == "string_lit" and len(literals) == 1
            for literal in literals:
                yield _stretch(literal, source, comment=False, whole=whole)
        children = node.named_children
        if node.type == "block":
            children = [child for child in children if child.type != "string_lit"]
        pending += reversed(children)


def _stretch(node: Node, source: bytes, *, comment: bool, whole: bool) -> PatternStretch:
    # The parser counts bytes, and the text is cut by characters.
    start = len(source[: node.start_byte].decode("utf-8"))
    return PatternStretch(
        start=start,
        end=start + len(source[node.start_byte : node.end_byte].decode("utf-8")),
        line=node.start_point[0] + 1,
        comment=comment,
        whole=whole,
    )


def provider_version(contents: Mapping[str, bytes]) -> str | None:
    """Return the version of the AWS provider that a module pins; None when it pins none."""
    for name, content in sorted(contents.items()):
        if not name.endswith((".tf", ".tofu")):
            continue
        body = parse_hcl(content, wanted=frozenset({"terraform"})).body
        for terraform in body.blocks_of("terraform"):
            for providers in terraform.body.blocks_of("required_providers"):
                attribute = providers.body.attribute("aws")
                match evaluate(attribute.expression) if attribute is not None else None:
                    case Literal(Mapping() as provider):
                        version = provider.get("version")
                        if isinstance(version, str):
                            return version
                    case _:
                        pass
    return None
