"""Holdfast sets up, audits, locks, repairs and migrates Terraform and OpenTofu state backends.

This module is the public library. It holds names only and runs nothing when it is imported: each name is
loaded when it is first used (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.app.lock_library import state_lock
    from holdfast.app.state_lock import StateLock
    from holdfast.core.backends import Access, Endpoints
    from holdfast.core.lock_info import LockInfo, UnreadableLock, read_lock
    from holdfast.core.locks import LockObjectSettings
    from holdfast.errors import HalfLockError, HoldfastError, LockHeldError, LockLostError

__version__ = "0.1.0"

__all__ = [
    "Access",
    "Endpoints",
    "HalfLockError",
    "HoldfastError",
    "LockHeldError",
    "LockInfo",
    "LockLostError",
    "LockObjectSettings",
    "StateLock",
    "UnreadableLock",
    "__version__",
    "read_lock",
    "state_lock",
]

_HOMES = {
    "Access": "holdfast.core.backends",
    "Endpoints": "holdfast.core.backends",
    "HalfLockError": "holdfast.errors",
    "HoldfastError": "holdfast.errors",
    "LockHeldError": "holdfast.errors",
    "LockInfo": "holdfast.core.lock_info",
    "LockLostError": "holdfast.errors",
    "LockObjectSettings": "holdfast.core.locks",
    "StateLock": "holdfast.app.state_lock",
    "UnreadableLock": "holdfast.core.lock_info",
    "read_lock": "holdfast.core.lock_info",
    "state_lock": "holdfast.app.lock_library",
}

# A type checker sees the names above, and says so when a program uses any other.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used."""
        if name not in _HOMES:
            raise AttributeError(f"module `holdfast` has no attribute `{name}`")
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
