"""Plans: errors of refusing, approving and applying them."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class PlanFileError(HoldfastError):
    """The plan file cannot be used: not a plan, of another format, or damaged."""

    slug = "plan-file"
    exit_code = ExitCode.USAGE

    def __init__(
        self, path: str, problem: str, *, problems: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(
            f"`{path}` is not a plan that this version can apply: {problem}",
            facts=problems,
            world="nothing was changed",
            hints=("make a new plan with `holdfast plan --out FILE`",),
        )


class PlanStaleError(HoldfastError):
    """The world changed after the plan was made, in a way that the plan's own steps do not explain.

    A plan that was applied in part is not stale: what its own steps changed is recognised.
    """

    slug = "plan-stale"

    def __init__(self, backend: str, changes: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"backend `{backend}` changed after this plan was made",
            facts=changes,
            world="nothing was changed",
            hints=("make a new plan with `holdfast plan`",),
        )


class ApprovalMissingError(HoldfastError):
    """Nobody can be asked whether to apply the plan, because there is no terminal.

    `--auto-approve` runs the safe steps without asking. Steps that must be confirmed are left out unless they
    are named with `--confirm`, and creation in an account that nothing declares is refused without `--account`.
    """

    slug = "approval-missing"
    exit_code = ExitCode.USAGE

    def __init__(self, step_count: int) -> None:
        super().__init__(
            f"{step_count} step{'s' if step_count != 1 else ''} wait for approval",
            world="nothing was changed",
            hints=("`--auto-approve` runs the safe steps without asking",),
        )


class ApplyFailedError(HoldfastError):
    """A step failed, and the steps that depend on it were not run.

    What was done is listed. Every step is idempotent: fix the cause and run the same command again.
    """

    slug = "apply-failed"

    def __init__(
        self,
        *,
        done: int,
        total: int,
        failures: Sequence[tuple[str, str]],
        changed: Sequence[str],
        not_run: Sequence[str] = (),
    ) -> None:
        world = f"{done} of {total} steps done" + (": " + "; ".join(changed) if changed else "")
        waiting = (("not run after it", ", ".join(not_run)),) if not_run else ()
        super().__init__(
            f"{len(failures)} step{'s' if len(failures) != 1 else ''} could not be done",
            facts=(*failures, *waiting),
            world=world,
            hints=("fix the cause and run the same command again: it goes on where it stopped",),
        )


class InterruptedApplyError(HoldfastError):
    """The command was interrupted between two steps; what was done is listed.

    Every step is idempotent: run the same command again to complete it.
    """

    slug = "apply-interrupted"
    exit_code = ExitCode.INTERRUPTED

    def __init__(self, *, done: int, total: int, changed: Sequence[str]) -> None:
        super().__init__(
            "interrupted",
            world=f"{done} of {total} steps done" + (": " + "; ".join(changed) if changed else ""),
            hints=("run the same command again: it goes on where it stopped",),
        )


class NotVerifiedError(HoldfastError):
    """A setting was written, and reading it back did not show what was written."""

    slug = "not-verified"

    def __init__(self, subject: str, *, wanted: str, found: str) -> None:
        super().__init__(
            f"{subject} is not as it was written",
            facts=(("written", wanted), ("read back", found)),
            world="the write was accepted; something else may have changed it since",
            hints=("run `holdfast plan` again to see what is there now",),
        )


class AccountUnknownError(HoldfastError):
    """The account behind the credentials could not be read, and nothing is changed in an unknown one.

    AWS tells it without any permission (`sts:GetCallerIdentity`): what fails is the credentials, or the way
    to the endpoint.
    """

    slug = "account-unknown"

    def __init__(self, backend: str, *, reason: str) -> None:
        super().__init__(
            f"the account behind the credentials for backend `{backend}` is not known",
            facts=(("reason", reason),),
            world="nothing was changed",
            hints=("sign in again, or set AWS_PROFILE; then repeat the command",),
        )


class BucketTakenError(HoldfastError):
    """The bucket's name is taken by another account: names are shared by all accounts of a partition.

    Nothing is ever written to a bucket of somebody else. Choose another name, or the account-regional
    namespace, in which nobody else can take one.
    """

    slug = "bucket-taken"

    def __init__(self, bucket: str) -> None:
        super().__init__(
            f"bucket `{bucket}` exists and belongs to another account",
            world="the bucket was not touched",
            hints=("choose another name for the bucket",),
        )


class BucketElsewhereError(HoldfastError):
    """A bucket of that name exists in another region than the one that it was to be created in.

    A bucket cannot move. Name the region that it is in, in the code or the declaration, or choose another name.
    """

    slug = "bucket-elsewhere"

    def __init__(self, bucket: str, *, region: str, wanted: str) -> None:
        super().__init__(
            f"bucket `{bucket}` exists in {region}, and was to be created in {wanted}",
            world="the bucket was not touched",
            hints=(f"set the region to {region}, or choose another name for the bucket",),
        )


class TableNotALockTableError(HoldfastError):
    """A table of that name exists, and its key is not the one that locking needs.

    Terraform and OpenTofu lock with the partition key `LockID` (a string) and no sort key. The key of a table
    cannot be changed: the lock table needs another name.
    """

    slug = "table-not-a-lock-table"

    def __init__(self, table: str, *, keys: str) -> None:
        super().__init__(
            f"table `{table}` exists and is not a lock table",
            facts=(("its keys", keys), ("a lock table's", "LockID (S)")),
            world="the table was not touched",
            hints=("choose another name for the lock table",),
        )


class TableNotReadyError(HoldfastError):
    """The table did not become active in time, so that it cannot be locked in yet."""

    slug = "table-not-ready"

    def __init__(self, table: str, *, status: str, seconds: float) -> None:
        super().__init__(
            f"table `{table}` is not active after {seconds:.0f} seconds",
            facts=(("status", status),),
            world="what was asked for stands, DynamoDB has not completed it",
            hints=("run the same command again: it goes on where it stopped",),
        )


class KeyUnusableError(HoldfastError):
    """The KMS key that a bucket should encrypt with does not exist, is disabled, or could not be looked at.

    S3 stores whatever key it is given. With a key that cannot be used, no state could be written any more.
    """

    slug = "key-unusable"

    def __init__(self, key: str, bucket: str, *, state: str) -> None:
        super().__init__(
            f"bucket `{bucket}` is not encrypted with a key that cannot be used",
            facts=(("key", key), ("it is", state)),
            world="the encryption of the bucket is as it was",
            hints=("enable the key, or grant `kms:DescribeKey` on it to the caller",),
        )
