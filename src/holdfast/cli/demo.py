"""`holdfast demo`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import click

from holdfast.cli.terminal import ink_for
from holdfast.errors import DemonstrationFailedError
from holdfast.report.columns import Colour, Ink
from holdfast.sandbox.demonstration import Scene, scenes
from holdfast.sandbox.embedded import Sandbox
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios.two_regions import two_regions
from holdfast.sandbox.seeding import seed

READING_SECONDS = 1.2  # before each command, on a terminal only


@click.command()
def demo() -> int:
    """Walk through audit, plan, apply and prove on an embedded AWS.

    Nothing outside a temporary directory is read or written, and no AWS account is needed. Every command
    that is shown is really run, as a process of its own.
    """
    scenario = two_regions()
    ink = ink_for(sys.stdout)
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-demo-") as directory,
        Sandbox.start() as embedded,
    ):
        write_repository(scenario, Path(directory))
        seed(scenario, embedded)
        environment = embedded.child_environment(
            os.environ, account=scenario.account, region=scenario.region
        )
        for scene in scenes(scenario.account):
            play(scene, Path(directory), environment, ink)
    print(ink("Seen, understood, fixed, proven.", Colour.BOLD))
    return 0


def play(scene: Scene, directory: Path, environment: Mapping[str, str], ink: Ink) -> None:
    """Say what comes, run the command, and insist on its exit code."""
    print(scene.explanation, flush=True)
    if sys.stdout.isatty():
        time.sleep(READING_SECONDS)
    print(f"\n{ink('$ holdfast ' + ' '.join(scene.command), Colour.BOLD)}", flush=True)
    command = (sys.executable, "-m", "holdfast", *scene.command)
    done = subprocess.run(command, cwd=directory, env=dict(environment), check=False)
    if done.returncode not in scene.exit_codes:
        raise DemonstrationFailedError(" ".join(scene.command), exit_code=done.returncode)
    print(flush=True)
