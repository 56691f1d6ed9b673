"""What `holdfast --help` prints: the commands, a line for each, and the exit codes.

It stands apart from click, so that the first thing a new user types answers at once: importing click
takes longer than all the rest.
"""

from __future__ import annotations

# A meta-test holds these lines and the first lines of the commands' own help together.
COMMANDS: dict[str, str] = {
    "demo": "Walk through audit, plan, apply and prove on an embedded AWS.",
    "init": "Write a declaration from the code and the cloud that are there.",
    "audit": "Compare the code with the cloud and report what is wrong or unknown.",
    "plan": "Show what would be changed, and change nothing.",
    "apply": "Change what the plan says, with progress; safe to run again.",
    "prove": "Race real contenders for a scratch lock on every backend.",
    "locks": "Show every lock of the fleet, both kinds; break one by its id.",
    "generate": "Write files from the declaration, or check those on disk.",
    "iam": "Tell whether a role can plan, apply and unlock a state.",
    "states": "Show every state of the fleet; check, restore and move them.",
    "migrate": "Bring states and locking to another kind of backend, stage by stage.",
    "explain": "Print the page of a rule or an error.",
    "sandbox": "Run a command against an embedded AWS.",
}

EXIT_CODES: dict[int, str] = {
    0: "done",
    1: "failed",
    2: "usage or declaration wrong",
    3: "findings at or above --fail-on",
    4: "changes pending (--check, or apply with steps left out)",
    5: "lock held or changed",
    6: "incomplete: unknown facts, with --strict",
    130: "interrupted",
}

DESCRIPTION = (
    "Set up, audit, lock, repair and migrate the S3 state backends of Terraform and OpenTofu."
)


def overview_text() -> str:
    """Return the help of the command as a whole."""
    commands = "\n".join(f"  {name:<9}{line}" for name, line in COMMANDS.items())
    codes = "\n".join(f"  {code:<9}{line}" for code, line in EXIT_CODES.items())
    return (
        "Usage: holdfast [OPTIONS] COMMAND [ARGS]...\n\n"
        f"  {DESCRIPTION}\n\n"
        f"Commands:\n{commands}\n\n"
        "Options:\n"
        "  --version   Show the version and exit.\n"
        "  -h, --help  Show this message and exit; every command has it too.\n\n"
        f"Exit codes:\n{codes}\n"
    )
