"""Every error that a user can meet: slug, words, hint, exit code.

Each class builds its own message from typed fields, so that a raise-site is one line and all words
stand here, one file per subject. The class docstring is the page that `holdfast explain SLUG` prints. Nothing
here prints.
"""

from holdfast.errors.access import (
    AccountMismatchError,
    AccountUndeclaredError,
    CredentialsError,
    EndpointUnreachableError,
    PermissionMissingError,
    ServiceError,
)
from holdfast.errors.adoption import (
    AccountsMissingError,
    BackendsUnusableError,
    DeclarationExistsError,
    DraftRefusedError,
)
from holdfast.errors.generated import (
    ComponentUnknownError,
    ComponentsInvalidError,
    DeclarationMissingError,
    EngineUnfitError,
    FilesRefusedError,
)
from holdfast.errors.lock_board import (
    HoldForeignError,
    HoldLeftError,
    HoldMissingError,
    JournalNotWrittenError,
    LockIdMissingError,
    LockIdWrongError,
    LockNotBrokenError,
    LockUnseenError,
    StateAmbiguousError,
    StateUnknownError,
)
from holdfast.errors.locks import (
    ConditionsIgnoredError,
    CustomerKeyError,
    HalfLockError,
    LockChangedError,
    LockHeldError,
    LockImpossibleError,
    LockLostError,
    LockNotReleasedError,
    LockTooLargeError,
    LockUnclearError,
)
from holdfast.errors.model import (
    ExitCode,
    HoldfastError,
)
from holdfast.errors.permissions import (
    PolicyIncompleteError,
    PolicyTooLargeError,
)
from holdfast.errors.plans import (
    AccountUnknownError,
    ApplyFailedError,
    ApprovalMissingError,
    BucketElsewhereError,
    BucketTakenError,
    InterruptedApplyError,
    KeyUnusableError,
    NotVerifiedError,
    PlanFileError,
    PlanStaleError,
    TableNotALockTableError,
    TableNotReadyError,
)
from holdfast.errors.sandbox import (
    CommandNotFoundError,
    DemonstrationFailedError,
    SandboxFailedError,
    SandboxMissingError,
)
from holdfast.errors.setup import (
    SetupNotPossibleError,
)
from holdfast.errors.usage import (
    DeclarationInvalidError,
    FileNotWrittenError,
    NothingFoundError,
    OutputNotWrittenError,
    PathNotFoundError,
    SlugUnknownError,
    UsageError,
)

__all__ = [
    "AccountMismatchError",
    "AccountUndeclaredError",
    "AccountUnknownError",
    "AccountsMissingError",
    "ApplyFailedError",
    "ApprovalMissingError",
    "BackendsUnusableError",
    "BucketElsewhereError",
    "BucketTakenError",
    "CommandNotFoundError",
    "ComponentUnknownError",
    "ComponentsInvalidError",
    "ConditionsIgnoredError",
    "CredentialsError",
    "CustomerKeyError",
    "DeclarationExistsError",
    "DeclarationInvalidError",
    "DeclarationMissingError",
    "DemonstrationFailedError",
    "DraftRefusedError",
    "EndpointUnreachableError",
    "EngineUnfitError",
    "ExitCode",
    "FileNotWrittenError",
    "FilesRefusedError",
    "HalfLockError",
    "HoldForeignError",
    "HoldLeftError",
    "HoldMissingError",
    "HoldfastError",
    "InterruptedApplyError",
    "JournalNotWrittenError",
    "KeyUnusableError",
    "LockChangedError",
    "LockHeldError",
    "LockIdMissingError",
    "LockIdWrongError",
    "LockImpossibleError",
    "LockLostError",
    "LockNotBrokenError",
    "LockNotReleasedError",
    "LockTooLargeError",
    "LockUnclearError",
    "LockUnseenError",
    "NotVerifiedError",
    "NothingFoundError",
    "OutputNotWrittenError",
    "PathNotFoundError",
    "PermissionMissingError",
    "PlanFileError",
    "PlanStaleError",
    "PolicyIncompleteError",
    "PolicyTooLargeError",
    "SandboxFailedError",
    "SandboxMissingError",
    "ServiceError",
    "SetupNotPossibleError",
    "SlugUnknownError",
    "StateAmbiguousError",
    "StateUnknownError",
    "TableNotALockTableError",
    "TableNotReadyError",
    "UsageError",
]
