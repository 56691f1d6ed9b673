"""The names of all checks before a change of locking: what a person may accept by name at some stage. Pure."""

from __future__ import annotations

from holdfast.core import (
    locking_code_checks as code,
)
from holdfast.core import (
    locking_digest_checks as digests,
)
from holdfast.core import (
    locking_engine_checks as engines,
)
from holdfast.core import (
    locking_preflight as preflight,
)
from holdfast.core import (
    locking_state_checks as states,
)
from holdfast.core import (
    locking_table_checks as tables,
)

CHECK_NAMES = frozenset(
    {
        code.ROOT_NOT_CHANGED,
        code.ROOT_NOT_SEEN,
        code.CACHE_DIFFERS,
        code.TABLES_DIFFER,
        engines.ENGINE_TOO_OLD,
        engines.ENGINE_NOT_KNOWN,
        engines.WRITER_TOO_OLD,
        engines.TABLE_DEPRECATED,
        preflight.POLICY_BREAKS_LOCKING,
        preflight.ROLE_CANNOT_LOCK,
        preflight.ROLE_NOT_CHECKED,
        preflight.STORE_NOT_PROVEN,
        preflight.LOCK_ACTIVE,
        states.WRITER_WITHOUT_LOCKFILE,
        states.WRITER_UNKNOWN,
        states.STATE_NOT_SEEN,
        states.STATE_NOT_WRITTEN,
        digests.STATE_WITHOUT_DIGEST,
        digests.CLIENT_NOT_SEEN,
        states.LOCK_WITHOUT_LOCKFILE,
        states.LOCK_WITHOUT_ITEM,
        digests.DIGEST_STALE,
        states.EVIDENCE_UNREADABLE,
        tables.TABLE_MISSING,
        tables.TABLE_NOT_ACTIVE,
        tables.TABLE_SCHEMA_WRONG,
        tables.TABLE_UNREADABLE,
        tables.TABLE_OF_OTHERS,
        tables.TABLE_NOT_QUIET,
        tables.DIGEST_IN_TABLE,
        tables.DIGEST_OF_ORPHAN,
        tables.LOCK_IN_TABLE,
        *(each.slug for each in preflight.RULE_CHECKS),
    }
)
