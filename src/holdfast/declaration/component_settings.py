"""The settings of components: what selects their backend, where they are, which there are.

With `settings`, this is the one table of all settings.
"""

from __future__ import annotations

from holdfast.core.declaration import KEY_SETTING, ROOT_SETTING
from holdfast.declaration import formats
from holdfast.declaration.shapes import Field, Group, Listed, Named, TextMap, TextOrMap

COMPONENT_FIELDS_MAX = 30
REGIONS_MAX = 200  # of one environment

ENVIRONMENTS = Named(
    noun="environment",
    title="an environment",
    key=formats.FIELD_VALUE,
    value=TextOrMap(
        text=formats.ENTRY_NAME,
        mapping=TextMap(
            key=formats.FIELD_VALUE,
            value=formats.ENTRY_NAME,
            entries_max=REGIONS_MAX,
            entries_min=1,
        ),
    ),
)
LAYOUT = Group(
    title="`layout`",
    fields=(
        Field(
            name="roots",
            shape=Listed(item=formats.PATH_PATTERN),
            description="Patterns of the roots' paths, relative to this file; their fields are those of a "
            "component. The first one that fits is taken.",
            also_called=("root",),
        ),
        Field(
            name="except",
            shape=Listed(item=formats.PATH),
            description="Paths of roots, relative to this file, that are no components though they look like some.",
            also_called=("exclude", "ignore", "exceptions"),
        ),
        Field(
            name="setup",
            shape=formats.PATH_PATTERN,
            description="Pattern of the setup modules' paths. Fields: backend, organization, account, "
            "account_id, region.",
            also_called=("setup_module", "setup_modules"),
        ),
        Field(
            name="file",
            shape=formats.FILE_NAME,
            description="The file that `holdfast generate backend` writes into a root; `backend.hcl` without it.",
        ),
    ),
)
FIELDS = Named(
    noun="field",
    title="a field",
    key=formats.FIELD_NAME,
    value=Listed(item=formats.FIELD_VALUE, items_min=1),
)
COMPONENTS = Listed(
    item=TextMap(
        key=formats.FIELD_NAME,
        value=formats.FIELD_VALUE,
        entries_max=COMPONENT_FIELDS_MAX,
        entries_min=1,
        settings=(
            Field(
                name=KEY_SETTING,
                shape=formats.STATE_KEY,
                description="The key of its state, instead of the one that `naming.key` gives.",
            ),
            Field(
                name=ROOT_SETTING,
                shape=formats.ROOT_PATH,
                description="The path of its root, relative to this file, instead of the one that `layout.roots` gives.",
            ),
        ),
    )
)
