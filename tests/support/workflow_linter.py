"""zizmor, which looks for what is unsafe in workflows and actions; it asks no network."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("zizmor")
# Generated files name actions by their major version: it gets the mends of its maintainers.
SETTINGS = 'rules:\n  unpinned-uses:\n    config:\n      policies:\n        "*": ref-pin\n'
SECONDS = 60.0


def unsafe_places(*files: Path, scratch: Path) -> str:
    """Return what is unsafe in workflows and actions; empty when nothing is."""
    settings = scratch / "zizmor.yml"
    settings.write_text(SETTINGS, encoding="utf-8")
    done = subprocess.run(
        [str(PROGRAM), "--offline", "--quiet", "--config", str(settings), *map(str, files)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=SECONDS,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr
