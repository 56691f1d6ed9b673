"""`layout`: where roots and setup modules are, as patterns of paths below the declaration's directory."""

from __future__ import annotations

from pathlib import PurePosixPath

from holdfast.core.component_fields import BACKEND_FIELDS, REGION_FIELD, values_for_patterns
from holdfast.core.declaration import Declaration, Layout
from holdfast.core.patterns import Pattern, expand, parse_pattern
from holdfast.declaration.document import MappingNode, ScalarNode
from holdfast.declaration.naming import field_mistakes, pattern_of
from holdfast.declaration.sound import SoundValues, mapping_of

SETUP_FIELDS = (*BACKEND_FIELDS, REGION_FIELD)


def layout_of(root: MappingNode, values: SoundValues) -> Layout:
    """Read `layout`; what is wrong with it goes to `values`."""
    layout = mapping_of(root.value("layout"))
    if layout is None:
        return Layout()
    roots = (
        _path_pattern(node, f"entry {number} of `layout.roots`", values)
        for number, node in enumerate(values.texts(layout.value("roots")), start=1)
    )
    node = values.text(layout, "setup")
    setup = _path_pattern(node, "`layout.setup`", values) if node is not None else None
    if node is not None and setup is not None:
        for each in field_mistakes(setup.placeholders, SETUP_FIELDS, of="a setup module"):
            values.complain(node.position_of(each.column), f"`layout.setup`: {each.words}")
    file = values.text(layout, "file")
    return Layout(
        roots=tuple(each for each in roots if each is not None),
        setup=setup,
        exceptions=tuple(
            PurePosixPath(each.text).as_posix() for each in values.texts(layout.value("except"))
        ),
        file=file.text if file is not None else Layout().file,
    )


def compare_setup_modules(root: MappingNode, declaration: Declaration, values: SoundValues) -> None:
    """Refuse a pattern that gives the setup modules of two backends one directory."""
    node = values.text(mapping_of(root.value("layout")), "setup")
    setup = declaration.layout.setup
    if node is None or setup is None:
        return
    first: dict[str, str] = {}
    for each in declaration.backends:
        fields = {REGION_FIELD: each.region}
        path = expand(setup, values_for_patterns(fields, each, declaration.organization))
        if not isinstance(path, str):
            for mistake in path:
                words = f"`layout.setup` of backend `{each.name}`: {mistake.words}"
                values.complain(node.position_of(mistake.column), words)
        elif first.setdefault(path, each.name) != each.name:
            words = f"`layout.setup` gives backend `{first[path]}` and backend `{each.name}` one directory, `{path}`"
            values.complain(node.position, words)


def _path_pattern(node: ScalarNode, subject: str, values: SoundValues) -> Pattern | None:
    """Read a pattern of paths, without `./` and slashes that say nothing."""
    if pattern_of(node, subject, values) is None:
        return None
    path = PurePosixPath(node.text)
    if ".." in path.parts:
        words = f"{subject} leads out of the directory of this file with `..`"
        values.complain(node.position, words)
        return None
    normalized = parse_pattern(path.as_posix())
    return normalized if isinstance(normalized, Pattern) else None
