"""The commands of a team page, as somebody copies them from it."""

import re
import shlex

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, layer_directory, layer_key
from tests.support.worlds import World

LAYER = layer_directory(AF_SOUTH.name, "03.5-observability")
KEY = layer_key(AF_SOUTH.name, "03.5-observability")
COMMAND = re.compile(r"`(holdfast [^`\n]+)`|^(terraform .*)$", re.MULTILINE)


def commands_with(page: str, name: str) -> list[str]:
    """Return the command lines of a page that name a root or a key."""
    lines = ["".join(found) for found in COMMAND.findall(page)]
    return [line for line in lines if name in line]


def test_a_root_is_initialised_and_its_dead_lock_is_removed_by_the_commands_of_the_page(
    two_regions: World,
) -> None:
    written = two_regions.holdfast("generate", "docs", "--write")
    assert written.status == 0, written.errors
    page = (two_regions.repository / "docs/terraform-backends.md").read_text(encoding="utf-8")

    (init,) = commands_with(page, LAYER)
    _, *arguments = shlex.split(init)
    engine = two_regions.terraform()
    engine.succeed(*arguments, "-input=false")

    held = two_regions.holdfast("locks", "hold", KEY, "--reason", "nobody remembers")
    lock_id = held.output.strip()
    refused = engine.run(f"-chdir={LAYER}", "plan", "-input=false", "-no-color")
    assert (refused.status, lock_id in refused.errors) == (1, True)

    show, remove = commands_with(page, KEY)
    shown = two_regions.holdfast(*shlex.split(show)[1:])
    assert (shown.status, lock_id in shown.output) == (0, True)
    removed = two_regions.holdfast(*shlex.split(remove)[1:], "--lock-id", lock_id)
    assert removed.status == 0, removed.errors
    engine.succeed(f"-chdir={LAYER}", "plan", "-input=false")
