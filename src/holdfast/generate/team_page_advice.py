"""What a team page says about locks, roles and changes of settings, for any fleet. Pure.

Sources: what `init` does with each flag was observed on Terraform 1.11.4. `-reconfigure` sends no request to the old place;
`-migrate-state` copies and keeps the source; `-force-copy` overwrites a destination of another lineage without
asking. The S3 backend has one `region` for bucket and lock table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.backends import Backend, Locking
from holdfast.core.markdown_text import code, command_block, escaped, table
from holdfast.generate.iam_policies import policy_name
from holdfast.generate.iam_roles import Role

ROLE_USES: dict[Role, tuple[str, str]] = {
    Role.PLAN_NO_LOCK: ("plan with `-lock=false`; write nothing", "pipelines of proposed changes"),
    Role.PLAN: ("plan, and hold the lock meanwhile", "people"),
    Role.APPLY: ("plan, apply, make and delete workspaces", "the pipeline of the branch"),
    Role.UNLOCK: ("read and remove locks; no state", "whoever is on duty, for as long as it takes"),
    Role.REPAIR: (
        "`holdfast states check --repair` and `states restore`; delete no state",
        "whoever is on duty, for as long as it takes",
    ),
    Role.AUDIT: ("`holdfast audit`; no state is read", "everybody, and scheduled audits"),
    Role.HOLDFAST_APPLY: (
        "`holdfast apply`: make and harden buckets and tables",
        "who owns the backends",
    ),
}
CHANGES = (
    (
        "lock table, `use_lockfile`, `encrypt`, `kms_key_id`, profile, role, a wrong `region`",
        "`init -reconfigure`",
        "bucket and key are the same, so the state is where it was",
    ),
    (
        "bucket or key",
        "`holdfast states move FROM TO`, which edits the code, then `init -reconfigure`",
        (
            "the state keeps its lineage and serial, and the old place says where it went; `-migrate-state` begins a new"
            " lineage, and `-reconfigure` alone an empty state"
        ),
    ),
    (
        "`workspace_key_prefix`",
        "`init -migrate-state`, at a terminal",
        "the states of the workspaces are copied, with a lineage of their own",
    ),
)
CAUTIONS = (
    (
        "Before `-migrate-state`, nobody may apply. The old object stays: a checkout that was not brought up to date"
        " goes on with it, under its own lock."
    ),
    "`-force-copy` overwrites a state that is already at the new place without asking.",
    "Deleting `.terraform`, or a fresh checkout, does what `-reconfigure` does, and says nothing.",
    (
        "When only the lock changes, let every root take both locks first (`dynamodb_table` and `use_lockfile`), and"
        " drop the old one when nobody uses it alone: a lock in one place means nothing to whoever looks into the"
        " other."
    ),
)


def roles_section(backends: Sequence[Backend]) -> Iterator[str]:
    """Yield what each role may do, under the names of `holdfast generate iam`."""
    yield "## Who may do what"
    yield (
        "Nobody needs more than one of these. The policies are generated for the whole fleet, or for the backends"
        " and components that are named."
    )
    rows = [
        (code(policy_name(role)), may, whom, code(f"holdfast generate iam --role {role.value}"))
        for role, (may, whom) in ROLE_USES.items()
    ]
    yield table(("policy", "may", "for", "text of the policy"), rows)
    accounts = [(each.name, each.account) for each in backends if each.account is not None]
    if accounts:
        yield table(("backend", "account"), [(escaped(name), code(id_)) for name, id_ in accounts])


def changes_section(backends: Sequence[Backend]) -> Iterator[str]:
    """Yield what to do when settings of a backend change."""
    yield "## When settings change"
    yield (
        "An engine refuses to go on when the backend of a root has changed, and offers two ways. They are not alike."
    )
    yield table(("what changed", "run", "because"), CHANGES)
    yield "\n".join(f"- {each}" for each in CAUTIONS)
    modes = [(escaped(each.name), _locking_words(each)) for each in backends]
    if modes:
        yield table(("backend", "locks today with"), modes)


def lock_intro(backends: Sequence[Backend]) -> Iterator[str]:
    """Yield what holds for every lock, before the commands for each state."""
    yield "## Break a lock"
    yield (
        "A lock has no expiry. Look who holds it, and ask: when a run still goes on while its lock is removed, the work"
        " of one of two runs is lost. Then remove it by the id that is shown. Every lock of the fleet:"
    )
    yield command_block(["holdfast locks"])
    if not backends:
        return
    yield (
        "`show` says who holds the lock of a state and since when, `break` asks for its id and removes it if it is"
        " still the one that was shown. Engines print a state as `<bucket>/<key>`, which both take as well."
    )
    prefixes = dict.fromkeys(use.workspace_prefix for each in backends for use in each.uses)
    forms = " or ".join(code(f"{each}/NAME/" if each else "NAME/") for each in prefixes)
    if forms:
        yield f"The state of a workspace `NAME` that is not listed has {forms} before its key."


def _locking_words(backend: Backend) -> str:
    tables = ", ".join(code(each) for each in backend.tables)
    match backend.locking:
        case Locking.DYNAMODB:
            return f"the table {tables}"
        case Locking.LOCKFILE:
            return "the lock file `<key>.tflock`"
        case Locking.BOTH:
            return f"the lock file `<key>.tflock` and the table {tables}"
        case Locking.NONE:
            return "**nothing: two runs at once can lose a state**"
