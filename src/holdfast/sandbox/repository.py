"""Write the repository of a scenario to disk."""

from pathlib import Path

from holdfast.errors import FileNotWrittenError
from holdfast.sandbox.scenarios.model import Scenario


def write_repository(scenario: Scenario, directory: Path) -> None:
    """Write the scenario's files below `directory`, which is made if it is not there.

    Raises:
        FileNotWrittenError: A file is there already, or cannot be written.

    """
    for file in scenario.files:
        path = directory / file.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(file.text)
        except OSError as error:
            raise FileNotWrittenError(str(path), error.strerror or type(error).__name__) from error
