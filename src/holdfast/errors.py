"""Every error that a user can meet: slug, words, hint, exit code.

Each class builds its own message from typed fields, so that a raise-site is one line and all words
stand here. The class docstring is the page that `holdfast explain SLUG` prints. Nothing here prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of the command, as documented."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3
    CHANGES_PENDING = 4
    LOCKED = 5
    INCOMPLETE = 6
    INTERRUPTED = 130


class HoldfastError(Exception):
    """Carry what a user must know: what happened, facts, the state of the world, what to do next.

    `facts` are aligned label/value pairs, `world` says what was and was not changed, `hints` are next steps.
    """

    slug: ClassVar[str] = "failed"
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(
        self,
        headline: str,
        *,
        facts: Sequence[tuple[str, str]] = (),
        world: str = "",
        hints: Sequence[str] = (),
    ) -> None:
        super().__init__(headline)
        self.headline = headline
        self.facts = tuple(facts)
        self.world = world
        self.hints = tuple(hints)


# Usage and input --------------------------------------------------------------------------------


class UsageError(HoldfastError):
    """The command line asks for something that does not exist or does not fit together."""

    slug = "usage"
    exit_code = ExitCode.USAGE


class PathNotFoundError(HoldfastError):
    """The directory or file that was named does not exist or cannot be read."""

    slug = "path-not-found"
    exit_code = ExitCode.USAGE

    def __init__(self, path: str, problem: str, *, hint: str = "") -> None:
        super().__init__(
            f"`{path}` cannot be read: {problem}",
            world="nothing was read or changed",
            hints=(
                hint or "give the directory that holds the Terraform code: `holdfast audit PATH`",
            ),
        )


class NothingFoundError(HoldfastError):
    """The directory holds neither backend code nor a declaration, so there is nothing to work on."""

    slug = "nothing-found"
    exit_code = ExitCode.USAGE

    def __init__(self, path: str, *, files_read: int) -> None:
        super().__init__(
            f"no S3 backend was found below `{path}`",
            facts=(("files read", str(files_read)),),
            world="nothing was read from the cloud",
            hints=(
                "run it in the repository that holds the Terraform roots",
                "or write a `holdfast.yaml` with `version`, `accounts` and `backends`",
            ),
        )


class SlugUnknownError(HoldfastError):
    """There is no rule and no error of that name."""

    slug = "slug-unknown"
    exit_code = ExitCode.USAGE

    def __init__(self, slug: str, nearest: Sequence[str]) -> None:
        super().__init__(
            f"there is no rule or error called `{slug}`",
            hints=tuple(f"did you mean `{name}`?" for name in nearest)
            or ("`holdfast explain` lists them all",),
        )


class DeclarationInvalidError(HoldfastError):
    """`holdfast.yaml` has mistakes. All of them are listed at once, each with its place.

    Account ids must be quoted strings of twelve digits, names must be legal in AWS, and every key of the
    file must be a known one. Nothing is read from AWS while a mistake is left.
    """

    slug = "declaration-invalid"
    exit_code = ExitCode.USAGE

    def __init__(self, path: str, mistakes: Sequence[tuple[str, str]]) -> None:
        count = len(mistakes)
        super().__init__(
            f"`{path}` has {count} mistake{'s' if count != 1 else ''}",
            facts=mistakes,
            world="nothing was read from AWS",
        )


# Access to AWS ----------------------------------------------------------------------------------


class CredentialsError(HoldfastError):
    """There are no usable credentials: none were found, or they are expired or not valid.

    Sign in again (`aws sso login`, a new token) or name a profile. In a region that must be enabled
    first, AWS answers with the same words when the account has not opted in.
    """

    slug = "credentials"

    def __init__(
        self, subject: str, detail: str, *, hint: str = "", world: str = "nothing was changed"
    ) -> None:
        super().__init__(
            f"AWS does not accept the credentials for {subject}",
            facts=(("AWS says", detail),),
            world=world,
            hints=(hint or "sign in again, or set AWS_PROFILE; then repeat the command",),
        )


class PermissionMissingError(HoldfastError):
    """AWS refused a call that the command cannot do without.

    The message names the action, the resource and the caller. A refusal is never taken as "it is not there".
    """

    slug = "permission-missing"

    def __init__(
        self, permission: str, resource: str, *, detail: str, world: str = "nothing was changed"
    ) -> None:
        super().__init__(
            f"AWS does not allow `{permission}` on {resource}",
            facts=(("AWS says", detail),),
            world=world,
            hints=(f"grant `{permission}` to the caller, then repeat the command",),
        )


class EndpointUnreachableError(HoldfastError):
    """The service's endpoint gave no answer: name, route, proxy, TLS or time-out."""

    slug = "endpoint-unreachable"

    def __init__(self, endpoint: str, detail: str, *, world: str = "nothing was changed") -> None:
        super().__init__(
            f"no answer from {endpoint}",
            facts=(("cause", detail),),
            world=world,
            hints=("check the endpoint, the network and the proxy settings",),
        )


class ServiceError(HoldfastError):
    """AWS answered with an error that Holdfast does not know how to handle."""

    slug = "service-error"

    def __init__(
        self,
        operation: str,
        resource: str,
        *,
        code: str,
        detail: str,
        request_id: str = "",
        world: str = "",
    ) -> None:
        identified = (("request ID", request_id),) if request_id else ()
        super().__init__(
            f"`{operation}` on {resource} failed: {code}",
            facts=(("AWS says", detail), *identified),
            world=world,
        )


class AccountMismatchError(HoldfastError):
    """The credentials belong to an account that is not the declared one.

    The declared account is `accounts:` in `holdfast.yaml` or `allowed_account_ids` in the backend's
    code. Nothing is changed in any other account.
    """

    slug = "account-mismatch"

    def __init__(self, backend: str, *, expected: str, actual: str, caller: str) -> None:
        super().__init__(
            f"the credentials for backend `{backend}` are of account {actual}, not {expected}",
            facts=(("caller", caller), ("declared", expected)),
            world="nothing was changed",
            hints=("use the profile or role of the declared account",),
        )


class AccountUndeclaredError(HoldfastError):
    """Something would be created in an account that neither the code nor a declaration names.

    Say which account is meant: `--account ID`, `allowed_account_ids` in the backend block, or `accounts:`
    in `holdfast.yaml`.
    """

    slug = "account-undeclared"
    exit_code = ExitCode.USAGE

    def __init__(self, backend: str, *, account: str, region: str) -> None:
        super().__init__(
            f"backend `{backend}` would get a new bucket or table in an account nobody declared",
            facts=(("account", account), ("region", region)),
            world="nothing was changed",
            hints=(f"if that is the right account, add `--account {account}`",),
        )


# Plans ------------------------------------------------------------------------------------------


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


# Files ------------------------------------------------------------------------------------------


class FileNotWrittenError(HoldfastError):
    """A file could not be written; what was there before is still there."""

    slug = "file-not-written"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"`{path}` cannot be written: {problem}", world="the file is as it was")


class OutputNotWrittenError(HoldfastError):
    """The system took only a part of the output, because a disk or quota is full.

    A report that is cut short must not pass for a whole one. What was changed in the cloud until then stays
    changed; every command is safe to run again.
    """

    slug = "output-not-written"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the output cannot be written: {problem}",
            world="what was written of it is incomplete",
            hints=("make room, and run the same command again",),
        )


# Locks ------------------------------------------------------------------------------------------


class LockHeldError(HoldfastError):
    """Somebody holds the lock of the state, so it was not taken.

    The lock is shown as it is stored. Its age proves nothing: an apply may run for hours, and an engine
    that was killed leaves its lock for ever. Ask whoever holds it before it is removed.
    """

    slug = "lock-held"
    exit_code = ExitCode.LOCKED

    def __init__(
        self, key: str, *, identifier: str, who: str, facts: Sequence[tuple[str, str]]
    ) -> None:
        holder = f" by {who}" if who else ""
        asked = f", or ask {who}" if who else ""
        super().__init__(
            f"`{key}` is locked{holder}",
            facts=facts,
            world="nothing was changed",
            hints=(
                f"wait for that run to end{asked}",
                f"if you know that the run is dead, `holdfast locks break {key}`",
            ),
        )
        self.identifier = identifier
        self.who = who


class LockChangedError(HoldfastError):
    """The lock is not the one that was shown, so it was not removed.

    Between the look and the removal somebody released it, and perhaps somebody else took it.
    """

    slug = "lock-changed"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, *, shown: str, now: str) -> None:
        super().__init__(
            f"the lock on `{key}` is not the one you were shown",
            facts=(("shown", shown), ("now", now)),
            world="no lock was removed",
            hints=(f"look again with `holdfast locks show {key}`",),
        )


class LockLostError(HoldfastError):
    """A lock was not there any more while it was believed to be held.

    Somebody removed it, by hand or with `force-unlock`. Another run may have written the state since: compare
    its serial and its latest versions with what this run wrote.
    """

    slug = "lock-lost"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, *, identifier: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"the lock on `{key}` was lost while it was held",
            facts=(("lock ID", identifier), *facts),
            world="no lock of anybody else was removed; two runs may have written the state",
            hints=("compare the latest versions of the state before anything else is applied",),
        )
        self.identifier = identifier


class HalfLockError(HoldfastError):
    """Of a lock in two stores, one is left, or may be, and the other is not there.

    It happens when taking the second one fails and giving back the first one fails too, or when only one
    could be released. Whoever uses that store is refused until it is removed.
    """

    slug = "half-lock"
    exit_code = ExitCode.LOCKED

    def __init__(
        self, key: str, *, identifier: str, facts: Sequence[tuple[str, str]], cause: str
    ) -> None:
        super().__init__(
            f"half a lock is left on `{key}`: {cause}",
            facts=(("lock ID", identifier), *facts),
            world="the state was not touched; what is left refuses other runs",
            hints=(f"remove what is left: `holdfast locks break {key} --lock-id {identifier}`",),
        )
        self.identifier = identifier


class LockNotReleasedError(HoldfastError):
    """A lock that was held could not be given back, or nobody can say whether it was.

    It refuses other runs until it is removed. Nothing else went wrong because of it.
    """

    slug = "lock-not-released"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, *, identifier: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"the lock on `{key}` was not released",
            facts=(("lock ID", identifier), *facts),
            world="what is left refuses other runs",
            hints=(f"remove it: `holdfast locks break {key} --lock-id {identifier}`",),
        )
        self.identifier = identifier


class LockUnclearError(HoldfastError):
    """Nobody can say whether a lock was taken: every answer to the request was lost.

    A request that is late may still arrive, even when the lock was looked for and was not there. The lock then
    stands under the id that is named, and nobody holds it.
    """

    slug = "lock-unclear"
    exit_code = ExitCode.LOCKED

    def __init__(
        self, key: str, *, identifier: str, facts: Sequence[tuple[str, str]], seen: bool
    ) -> None:
        looked = "was looked for and was not there" if seen else "could not be looked for"
        super().__init__(
            f"it is not known whether `{key}` is locked: no answer to the request was clear",
            facts=(("lock ID", identifier), *facts),
            world=f"the state was not touched; the lock {looked}",
            hints=(f"look again in a minute with `holdfast locks show {key}`",),
        )
        self.identifier = identifier


class LockImpossibleError(HoldfastError):
    """The store cannot hold a lock for anybody: it is missing, has another key, or has no conditional writes."""

    slug = "lock-impossible"

    def __init__(self, key: str, *, place: str, cause: str, detail: str) -> None:
        super().__init__(
            f"`{key}` cannot be locked in {place}: {cause}",
            facts=(("it says", detail),),
            world="nothing was changed",
            hints=("see what is wrong with the backend: `holdfast audit`",),
        )


class ConditionsIgnoredError(HoldfastError):
    """The store accepts the condition of a request and does not keep it, so that a lock excludes nobody.

    Terraform and OpenTofu notice nothing on such a store: two runs can write one state. Some servers of the
    S3 protocol behave like this, a few of them only in versioned buckets.
    """

    slug = "conditions-ignored"

    def __init__(self, key: str, *, place: str, condition: str) -> None:
        super().__init__(
            f"a lock on `{key}` would exclude nobody: {place} ignores conditions",
            facts=(("ignored", condition),),
            world="the lock was given back; the state was not touched",
            hints=("see it shown in full: `holdfast prove`",),
        )


class CustomerKeyError(HoldfastError):
    """The state is encrypted with a key of your own (SSE-C), and that key is not usable here.

    The lock file is encrypted with the same key as the state. The key is read from the environment variable
    that the engines read, `AWS_SSE_CUSTOMER_KEY`: 32 bytes as base64, 44 characters. It is never shown.
    """

    slug = "customer-key"
    exit_code = ExitCode.USAGE

    def __init__(self, subject: str, problem: str) -> None:
        super().__init__(
            f"the key that encrypts {subject} {problem}",
            world="nothing was changed",
            hints=("set AWS_SSE_CUSTOMER_KEY as for terraform, then repeat the command",),
        )


class StateUnknownError(HoldfastError):
    """No state and no lock of the fleet goes by that name.

    A state is named by its key, by `<bucket>/<key>` as engines print it, by the directory of its root, or by a
    pattern (`network/*`) that fits exactly one.
    """

    slug = "state-unknown"
    exit_code = ExitCode.USAGE

    def __init__(self, name: str, nearest: Sequence[str], *, unread: Sequence[str] = ()) -> None:
        super().__init__(
            f"no state and no lock is called `{name}`",
            facts=tuple(("not read", each) for each in unread),
            world="nothing was changed",
            hints=tuple(f"did you mean `{each}`?" for each in nearest)
            or ("`holdfast locks` lists every lock; a state is named by its key",),
        )


class StateAmbiguousError(HoldfastError):
    """The name fits several states, and one is needed.

    Give the whole key, or `<bucket>/<key>`, or narrow it with `--backend`.
    """

    slug = "state-ambiguous"
    exit_code = ExitCode.USAGE

    def __init__(self, name: str, candidates: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"`{name}` fits {len(candidates)} states",
            facts=candidates,
            world="nothing was changed",
            hints=("give one key, and `--backend NAME` when several backends have it",),
        )


class LockUnseenError(HoldfastError):
    """One of the stores in which the state is locked could not be read, so that no lock of it is removed.

    What nobody could read is not free: there may be a second lock, of another owner.
    """

    slug = "lock-unseen"

    def __init__(self, key: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"the locks on `{key}` are not all known",
            facts=facts,
            world="no lock was removed",
            hints=("grant what is missing, or repeat it as somebody who may read both stores",),
        )


class LockIdWrongError(HoldfastError):
    """The id that was given is not that of a lock on this state."""

    slug = "lock-id-wrong"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, given: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"`{given}` is not the id of a lock on `{key}`",
            facts=facts,
            world="no lock was removed",
            hints=(f"look again with `holdfast locks show {key}`",),
        )


class LockIdMissingError(HoldfastError):
    """A lock is removed by its id alone, and there is no terminal to ask for it on.

    The id says that the lock was looked at. A lock without a readable id goes by a short hash of its bytes.
    """

    slug = "lock-id-missing"
    exit_code = ExitCode.USAGE

    def __init__(self, key: str, command: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"the id of the lock on `{key}` must be given",
            facts=facts,
            world="no lock was removed",
            hints=(f"if you know that the run is dead: `{command}`",),
        )


class LockTooLargeError(HoldfastError):
    """What lies under the name of a lock is too large to be one, and is left alone.

    A lock has some 250 bytes. Look at the object yourself before it is deleted by hand: it may be something else.
    """

    slug = "lock-too-large"

    def __init__(self, key: str, address: str) -> None:
        super().__init__(
            f"what lies under the name of the lock on `{key}` is too large to be a lock",
            facts=(("it is", address),),
            world="no lock was removed",
            hints=(
                "look at it with `aws s3api head-object`, and delete it by hand if it is nothing",
            ),
        )


class LockNotBrokenError(HoldfastError):
    """A lock that should be removed is still there, or nobody can say whether it is.

    What became of each lock is listed. Nothing is lost by running the command again.
    """

    slug = "lock-not-broken"
    exit_code = ExitCode.LOCKED

    def __init__(
        self, key: str, facts: Sequence[tuple[str, str]], *, removed: int, total: int
    ) -> None:
        super().__init__(
            f"{removed} of {total} locks on `{key}` {'was' if removed == 1 else 'were'} removed",
            facts=facts,
            world="the state was not touched; what is left refuses other runs",
            hints=(f"look again with `holdfast locks show {key}`",),
        )


class JournalNotWrittenError(HoldfastError):
    """The journal could not be written, so no lock was removed.

    The journal holds the full text of every lock that is removed, so that it can be put back by hand. It is
    `holdfast/journal.jsonl` below `$XDG_STATE_HOME` (`~/.local/state`), or the file of `--journal`.
    """

    slug = "journal-not-written"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"the journal `{path}` cannot be written: {problem}",
            world="no lock was removed",
            hints=("name another file with `--journal FILE`",),
        )


class HoldLeftError(HoldfastError):
    """Locks of a hold could not all be given back, or somebody else had removed them while they were held.

    Each is named. What is left refuses other runs until it is released by its id. Of what was lost, compare the
    latest versions of the state: another run may have written it.
    """

    slug = "hold-left"
    exit_code = ExitCode.LOCKED

    def __init__(
        self,
        identifier: str,
        *,
        left: Sequence[tuple[str, str]],
        count: int,
        total: int,
        remaining: bool,
        cause: str = "",
    ) -> None:
        because = f", after this: {cause}" if cause else ""
        missed = "not given back" if remaining else "lost while they were held"
        super().__init__(
            f"{count} of {total} locks {'was' if count == 1 else 'were'} {missed}{because}",
            facts=(("lock ID", identifier), *left),
            world="what is left refuses other runs" if remaining else "none of these is left",
            hints=(
                f"give back what is left: `holdfast locks release --id {identifier}`"
                if remaining
                else "compare the latest versions of these states before anything else is applied",
            ),
        )
        self.identifier = identifier


class HoldForeignError(HoldfastError):
    """No lock that may be released like this: they are locks of engines, or holds of somebody else.

    `locks release` gives back what `locks hold` took, and nothing else. Without `--id` it gives back the one hold of
    your own user and host.
    """

    slug = "hold-foreign"
    exit_code = ExitCode.LOCKED

    def __init__(self, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "none of these locks is released without its id, or it is no hold of that id",
            facts=facts,
            world="no lock was removed",
            hints=(
                "name the hold that is meant: `holdfast locks release --id ID`",
                "a lock of an engine whose run is dead: `holdfast locks break KEY`",
            ),
        )


class HoldMissingError(HoldfastError):
    """There is no hold to give back: none with that id, or none on these states."""

    slug = "hold-missing"
    exit_code = ExitCode.LOCKED

    def __init__(self, wanted: str, *, unread: Sequence[str] = ()) -> None:
        super().__init__(
            f"there is no hold {wanted}",
            facts=tuple(("not read", each) for each in unread),
            world="no lock was removed",
            hints=("`holdfast locks` lists every lock",),
        )


# Sandbox ----------------------------------------------------------------------------------------


class SandboxMissingError(HoldfastError):
    """The embedded AWS is an extra that is not installed."""

    slug = "sandbox-missing"
    exit_code = ExitCode.USAGE

    def __init__(self, package: str) -> None:
        super().__init__(
            f"the embedded AWS needs the package `{package}`, which is not installed",
            hints=("`pip install 'holdfast[sandbox]'`",),
        )


class SandboxFailedError(HoldfastError):
    """The embedded AWS did not start."""

    slug = "sandbox-failed"

    def __init__(self, detail: str) -> None:
        super().__init__("the embedded AWS did not start", facts=(("it said", detail),))


class CommandNotFoundError(HoldfastError):
    """The command that should be run does not exist or cannot be executed."""

    slug = "command-not-found"
    exit_code = ExitCode.USAGE

    def __init__(self, command: str, problem: str) -> None:
        super().__init__(f"`{command}` cannot be run: {problem}")


class DemonstrationFailedError(HoldfastError):
    """A command of `holdfast demo` did not end as it should."""

    slug = "demonstration-failed"

    def __init__(self, command: str, *, exit_code: int) -> None:
        super().__init__(
            f"`holdfast {command}` ended with exit code {exit_code}",
            world="nothing outside the demonstration's temporary directory was touched",
        )
