"""Which of a root's configurations is a component's own: the one with its bucket and its key."""

from __future__ import annotations

from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT
from holdfast.core.components import Component
from holdfast.core.repository import Configuration, Root

WORKSPACE_PREFIX = "workspace_key_prefix"


def own_configurations(component: Component, root: Root | None) -> tuple[Configuration, ...]:
    """Return the configurations of the root whose bucket and key are those of the component."""
    own = (component.backend.bucket, component.key)
    return tuple(
        each
        for each in (root.configurations if root is not None else ())
        if (each.text("bucket"), each.text("key")) == own
    )


def workspace_prefixes(component: Component, root: Root | None) -> tuple[str, ...]:
    """Return the prefixes of workspaces that the component could have, each once; one without is the default.

    Those of its own configurations are its own. While it has none, any of the root's could become it.
    """
    found = own_configurations(component, root) or (root.configurations if root is not None else ())
    return tuple(dict.fromkeys(prefix for each in found for prefix in _prefix(each)))


def written_workspace_prefix(component: Component, root: Root | None) -> str:
    """Return the prefix that is generated for the component: the default while it could be several."""
    found = workspace_prefixes(component, root)
    return found[0] if len(found) == 1 else WORKSPACE_PREFIX_DEFAULT


def used_workspace_prefixes(component: Component, root: Root | None) -> tuple[str, ...]:
    """Return the prefixes below which the component has workspaces, by its own configurations or by what is generated."""
    own = own_configurations(component, root)
    found = tuple(dict.fromkeys(prefix for each in own for prefix in _prefix(each)))
    return found or (written_workspace_prefix(component, root),)


def _prefix(configuration: Configuration) -> tuple[str, ...]:
    """Return the prefix of a configuration; nothing where it is an expression."""
    if any(each.name == WORKSPACE_PREFIX for each in configuration.computed):
        return ()
    value = configuration.literal(WORKSPACE_PREFIX)
    return (value if isinstance(value, str) else WORKSPACE_PREFIX_DEFAULT,)
