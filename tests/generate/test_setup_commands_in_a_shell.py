"""The script of a setup, run by a real shell: it goes on only when AWS says that there is nothing yet."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.core.cloud import ObservedBackend, TableAbsent
from holdfast.core.facts import Known
from holdfast.generate.setup_commands import setup_script
from tests.generate.setups import new_backend, settings_of, settings_offline
from tests.rules.fleets import BUCKET, TABLE, backend, observed

# What the `aws` command prints (1.45.11); it exits with 254, and with 255 when it could not ask.
NO_BUCKET = "An error occurred (404) when calling the HeadBucket operation: Not Found"
FORBIDDEN = "An error occurred (403) when calling the HeadBucket operation: Forbidden"
MOVED = "An error occurred (301) when calling the HeadBucket operation: Moved Permanently"
NO_TABLE = (
    "An error occurred (ResourceNotFoundException) when calling the DescribeTable operation:"
    " Requested resource not found"
)
TABLE_DENIED = (
    "An error occurred (AccessDeniedException) when calling the DescribeTable operation: no"
)
TABLE_THERE = (
    f"table `{TABLE}` is there already. What it lacks: `holdfast plan`, or this script made with"
    " credentials."
)
UNREACHABLE = 'Could not connect to the endpoint URL: "https://sts.example.test/404"'
THERE = ""
PROGRAM = """\
#!/bin/sh
printf '%s %s\\n' "$1" "$2" >> "$CALLS"
case $2 in
  head-bucket) error=$BUCKET_ERROR ;;
  describe-table) error=$TABLE_ERROR ;;
  *) exit 0 ;;
esac
if [ -n "$error" ]; then
  printf '\\n%s\\n' "$error" >&2
  exit 254
fi
printf '{"Table": {}}\\n'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a script has done: its exit code, its words, and the calls that it made."""

    status: int
    output: str
    errors: str
    calls: tuple[str, ...]


def ran(tmp_path: Path, script: str, *, bucket: str, table: str) -> Ran:
    """Run a script; `bucket` and `table` are what the `aws` command says of them, empty when they are there."""
    program, calls = tmp_path / "bin" / "aws", tmp_path / "calls"
    program.parent.mkdir()
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    calls.touch()
    path = tmp_path / "setup.sh"
    path.write_text(script, encoding="utf-8")
    shell = shutil.which("sh")
    assert shell is not None
    done = subprocess.run(
        [shell, str(path)],
        env={
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(calls),
            "BUCKET_ERROR": bucket,
            "TABLE_ERROR": table,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    made = calls.read_text(encoding="utf-8").splitlines()
    return Ran(status=done.returncode, output=done.stdout, errors=done.stderr, calls=tuple(made))


def offline() -> str:
    return setup_script(backend(), settings_offline(), ".").text


def script_of(there: ObservedBackend) -> str:
    return setup_script(there.backend, settings_of(there), ".").text


@pytest.mark.parametrize("seen", [True, False], ids=["absent", "offline"])
def test_it_goes_on_when_there_is_neither_bucket_nor_table(tmp_path: Path, *, seen: bool) -> None:
    script = script_of(new_backend()) if seen else offline()
    done = ran(tmp_path, script, bucket=NO_BUCKET, table=NO_TABLE)
    assert (done.status, done.errors) == (0, "")
    assert done.calls == (
        "s3api head-bucket",
        "dynamodb describe-table",
        "s3api create-bucket",
        "s3api wait",
        "s3api put-public-access-block",
        "s3api put-bucket-versioning",
        "s3api put-bucket-encryption",
        "s3api put-bucket-ownership-controls",
        "s3api put-bucket-policy",
        "s3api put-bucket-lifecycle-configuration",
        "dynamodb create-table",
        "dynamodb wait",
        "dynamodb update-continuous-backups",
    )


@pytest.mark.parametrize("seen", [True, False], ids=["absent", "offline"])
def test_a_bucket_that_is_there_is_left_as_it_is(tmp_path: Path, *, seen: bool) -> None:
    script = script_of(new_backend()) if seen else offline()
    done = ran(tmp_path, script, bucket=THERE, table=NO_TABLE)
    assert done == Ran(
        status=1,
        output="",
        errors=(
            f"bucket `{BUCKET}` is there already. What it lacks: `holdfast plan`, or this script"
            " made with credentials.\nNothing was changed.\n"
        ),
        calls=("s3api head-bucket",),
    )


@pytest.mark.parametrize("answer", [FORBIDDEN, MOVED, UNREACHABLE])
def test_an_answer_that_is_not_404_stops_it(tmp_path: Path, answer: str) -> None:
    done = ran(tmp_path, offline(), bucket=answer, table=NO_TABLE)
    assert done == Ran(
        status=1,
        output="",
        errors=(
            f"It is not known whether bucket `{BUCKET}` is there: \n{answer}\nNothing was changed.\n"
        ),
        calls=("s3api head-bucket",),
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            THERE,
            TABLE_THERE,
        ),
        (TABLE_DENIED, f"It is not known whether table `{TABLE}` is there: \n{TABLE_DENIED}"),
    ],
)
def test_a_table_that_is_there_or_may_be_stops_it_before_the_bucket_is_made(
    tmp_path: Path, answer: str, words: str
) -> None:
    done = ran(tmp_path, offline(), bucket=NO_BUCKET, table=answer)
    assert done == Ran(
        status=1,
        output="",
        errors=f"{words}\nNothing was changed.\n",
        calls=("s3api head-bucket", "dynamodb describe-table"),
    )


def test_a_bucket_that_was_seen_is_not_asked_for_and_the_table_is(tmp_path: Path) -> None:
    there = observed(tables=[TableAbsent(name=TABLE, elsewhere=Known(()))])
    done = ran(tmp_path, script_of(there), bucket=FORBIDDEN, table=NO_TABLE)
    assert done.status == 0
    assert done.calls[0] == "dynamodb describe-table"
    assert "s3api create-bucket" not in done.calls
