"""Apply a plan file in a process of its own, which a test can kill: `python -m … PLAN`."""

import sys
from functools import partial
from pathlib import Path

from holdfast.app.apply import apply_plan
from holdfast.app.observe import observe_backends
from holdfast.aws.connections import Connections
from holdfast.core.apply_events import Approvals
from holdfast.core.plan_file import plan_from_text


def main(path: str) -> None:
    """Apply the plan without asking."""
    plan = plan_from_text(Path(path).read_text(encoding="utf-8"), path=path)
    with Connections() as connections:
        apply_plan(
            plan,
            connections=connections,
            observe=partial(observe_backends, connections=connections),
            approvals=Approvals(),
            on_event=lambda _: None,
        )


if __name__ == "__main__":
    main(sys.argv[1])
