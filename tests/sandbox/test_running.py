import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.errors import CommandNotFoundError
from holdfast.sandbox.embedded import Sandbox
from holdfast.sandbox.running import run_command


def test_the_status_of_the_command_is_returned(sandbox: Sandbox) -> None:
    assert run_command(sandbox, ["sh", "-c", "exit 7"], environ=os.environ) == 7


def test_a_command_that_a_signal_ended_gives_128_and_its_number(sandbox: Sandbox) -> None:
    status = run_command(sandbox, ["sh", "-c", "kill -TERM $$"], environ=os.environ)
    assert status == 128 + signal.SIGTERM


def test_the_command_sees_the_sandbox(sandbox: Sandbox, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    run_command(
        sandbox,
        ["sh", "-c", f'echo "$AWS_ENDPOINT_URL $AWS_REGION $AWS_PROFILE" > {seen}'],
        environ={**os.environ, "AWS_PROFILE": "production"},
        region="eu-west-1",
    )
    assert seen.read_text(encoding="utf-8").split() == [sandbox.url, "eu-west-1"]


def test_a_missing_command_is_named(sandbox: Sandbox) -> None:
    with pytest.raises(CommandNotFoundError) as caught:
        run_command(sandbox, ["holdfast-no-such-command"], environ=os.environ)
    assert "holdfast-no-such-command" in caught.value.headline


def test_handlers_are_put_back(sandbox: Sandbox) -> None:
    before = signal.getsignal(signal.SIGTERM)
    run_command(sandbox, ["true"], environ=os.environ)
    assert signal.getsignal(signal.SIGTERM) is before


RUNNER = """
import os, sys
from holdfast.sandbox.embedded import Sandbox
from holdfast.sandbox.running import run_command
with Sandbox.start() as sandbox:
    sys.exit(run_command(sandbox, sys.argv[1:], environ=os.environ))
"""
PATIENT = """
import signal, sys
def leave(number, frame):
    print("got", number, flush=True)
    sys.exit(3)
signal.signal(int(sys.argv[1]), leave)
print("ready", flush=True)
signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_command(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, sys.executable, "-c", PATIENT, str(int(number))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        output = process.stdout.read()
    assert (output, process.returncode) == (f"got {int(number)}\n", 3)


IN_TERMINAL = "import pty, sys; pty.spawn(sys.argv[1:])"
# It asks its parent for a signal that is passed on: by then the parent has dealt with the interrupt as well.
COUNTING = """
import os, signal, sys
read, write = os.pipe()
os.set_blocking(write, False)
signal.set_wakeup_fd(write)
def interrupt(number, frame):
    print("interrupted", flush=True)
def leave(number, frame):
    print("total", os.read(read, 100).count(signal.SIGINT), flush=True)
    sys.exit(0)
signal.signal(signal.SIGINT, interrupt)
signal.signal(signal.SIGUSR1, leave)
print("ready", flush=True)
sys.stdin.readline()
os.kill(os.getppid(), signal.SIGUSR1)
while True:
    signal.pause()
"""


def test_an_interrupt_from_the_terminal_reaches_the_command_once() -> None:
    runner = [sys.executable, "-c", RUNNER, sys.executable, "-c", COUNTING]
    with subprocess.Popen(
        [sys.executable, "-c", IN_TERMINAL, *runner],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        process.stdin.write(b"\x03")
        process.stdin.flush()
        assert b"interrupted" in process.stdout.readline()
        process.stdin.write(b"\n")
        process.stdin.flush()
        output = process.stdout.read()
    assert b"total 1" in output
