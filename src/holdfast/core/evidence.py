"""Words and evidence about settings, which rules over code have in common. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from holdfast.core.findings import Evidence
from holdfast.core.settings import Setting
from holdfast.core.source import SourceSpan


def quoted(names: Iterable[str]) -> str:
    """Return at least one name in backticks as a list in words: `` `a`, `b` and `c` ``."""
    *others, last = (f"`{name}`" for name in names)
    return f"{', '.join(others)} and {last}" if others else last


def setting_words(setting: Setting) -> str:
    """Return a root, and the file or script line that it is initialised with: ``` `a` with `b.hcl` ```."""
    label = setting.configuration.label
    root = f"`{setting.root.path}`"
    return f"{root} with `{label}`" if label else root


def roots_words(settings: Iterable[Setting]) -> str:
    """Return the root where it is one, or how many there are: `` `layers/a` ``, `8 roots`."""
    paths = list(dict.fromkeys(setting.root.path for setting in settings))
    return f"`{paths[0]}`" if len(paths) == 1 else f"{len(paths)} roots"


def only_root(settings: Sequence[Setting]) -> str:
    """Return the path of the root that all settings are of; empty when there are several."""
    paths = {setting.root.path for setting in settings}
    return paths.pop() if len(paths) == 1 else ""


def setting_evidence(
    setting: Setting, text: str, *, argument: str = "bucket", label: str = "root"
) -> Evidence:
    """Return a setting as evidence, at the place of an argument or of its bucket."""
    attribute = setting.configuration.attribute(argument)
    span = attribute.span if attribute is not None else setting.span
    words = setting_words(setting)
    return Evidence(label=label, text=f"{words}: {text}" if text else words, span=span)


def block_comments(settings: Iterable[Setting]) -> tuple[Evidence, ...]:
    """Return the comments beside the backend blocks, each block once: some doubles are deliberate."""
    found: dict[SourceSpan, tuple[str, ...]] = {
        block.span: block.comments
        for setting in settings
        for block in setting.root.blocks
        if block.comments
    }
    return tuple(
        Evidence(label="comment", text=" ".join(comments), span=span)
        for span, comments in found.items()
    )
