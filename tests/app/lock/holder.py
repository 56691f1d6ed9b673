"""A process of its own that holds the lock of `KEY`: `python -m tests.app.lock.holder URL BUCKET TABLE [TRICK]`.

It says `held` when it holds the lock, releases it when its input ends, and then says `released`. Tricks: `ignore-hangup`
starts it as `nohup` does, `own-handler` gives it a handler of SIGTERM that raises, `thread` holds in a thread.
"""

import signal
import sys
import threading
from types import FrameType

from holdfast.app.lock_identity import identity_of_process
from holdfast.app.lock_stores import stores_for
from holdfast.app.state_lock import StateLock
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend, Locking
from holdfast.core.locks import LockObjectSettings
from tests.support.locking import KEY, REGION
from tests.support.observation import access_to


class StoppedError(Exception):
    """What the handler of this program raises."""


def stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise StoppedError


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def hold(url: str, bucket: str, table: str) -> None:
    backend = Backend(
        name=bucket,
        bucket=bucket,
        region=REGION,
        tables=(table,),
        locking=Locking.BOTH,
        access=access_to(url),
        account=None,
        declared=False,
        uses=(),
    )
    with Connections(attempts_max=1) as connections:
        lock = StateLock(
            stores=stores_for(backend, KEY, connections, LockObjectSettings()),
            bucket=bucket,
            key=KEY,
            identity=identity_of_process("0.1.0"),
            reason="a process that may be killed",
        )
        with lock:
            say("held")
            sys.stdin.read()
        say("released")


def main(url: str, bucket: str, table: str, trick: str = "") -> None:
    match trick:
        case "ignore-hangup":
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        case "own-handler":
            signal.signal(signal.SIGTERM, stop)
        case "thread":
            thread = threading.Thread(target=hold, args=(url, bucket, table))
            thread.start()
            thread.join()
            return
        case _:
            pass
    try:
        hold(url, bucket, table)
    except StoppedError:
        say("stopped")
    handlers = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)]
    if trick == "" and handlers != [signal.SIG_DFL, signal.SIG_DFL]:
        say("a handler was left behind")


if __name__ == "__main__":
    main(*sys.argv[1:])
