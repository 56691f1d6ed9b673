"""The script of `holdfast demo`: what is said, and which command is run, scene by scene. Values only."""

from dataclasses import dataclass

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, US_EAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One scene: an explanation, then a command of Holdfast with the exit codes that belong to it."""

    explanation: str
    command: tuple[str, ...]
    exit_codes: tuple[int, ...]


def scenes(account: str) -> tuple[Scene, ...]:
    """Return the scenes over the two-region fleet in `account`."""
    return (
        Scene(
            explanation=(
                "A team keeps the states of sixteen layers in two regions. Somebody once set up\n"
                f"{US_EAST.name} by hand. Nobody noticed what is missing there. Holdfast reads the code,\n"
                "asks the cloud, and compares."
            ),
            command=("audit",),
            exit_codes=(3,),
        ),
        Scene(
            explanation=(
                f"In {US_EAST.name} eight layers name a lock table that was never made: two people can apply\n"
                "the same layer at once. Every finding knows the steps that would fix it. A plan is those\n"
                "steps, and changes nothing."
            ),
            command=("plan",),
            exit_codes=(0,),
        ),
        Scene(
            explanation=(
                "Apply looks again, refuses a plan that the world has overtaken, and then goes step by step.\n"
                "Nobody declared the account, so it has to be named before anything is created in it. Steps that\n"
                "could hurt somebody are left out until they are named, and exit code 4 says so."
            ),
            command=("apply", "--auto-approve", "--account", account),
            exit_codes=(4,),
        ),
        Scene(
            explanation=(
                "A lock that was never tested is a hope. Prove lets sixteen contenders race for a scratch lock\n"
                "on each backend, with the very calls that Terraform makes."
            ),
            command=("prove",),
            exit_codes=(0,),
        ),
        Scene(
            explanation=f"And the audit again. {AF_SOUTH.name} and {US_EAST.name} are both GOOD.",
            command=("audit",),
            exit_codes=(0,),
        ),
    )
