"""A state key is taken for something else.

## What it checks
Keys with `.` or `..` as a segment, `//`, a slash at an end, wildcards or control characters; keys that begin
with their own workspace prefix (`env:/`) or end as a lock file (`.tflock`) or a digest item (`-md5`) does;
keys that leave no room for `.tflock` within S3's 1024 bytes; and keys of one bucket that differ in upper
and lower case alone.

## Why it matters
Such a key works until somebody uses a workspace, a policy or another key that means the same place. Terraform
cleans `..` out of workspace paths while S3 does not, shows `env:/dev/x` as a workspace of the key `x`, and
takes `x.tflock` and the digest of `x` for its own.

## Fix
Give the root a plain key such as `network/dev/terraform.tfstate`, and move its state there with
`holdfast states move`, which edits the code as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.backends import Backend
from holdfast.core.evidence import quoted, setting_evidence
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.keys import keys_alike
from holdfast.core.names import state_key_traps
from holdfast.core.settings import Setting, certain_settings

ADVICE = (
    "Give the root a plain key: `holdfast states move` moves its state there and edits the code."
)
ADVICE_ALIKE = (
    "If they are meant to be one state, give them one key; if not, give them other names."
)


@fleet_rule(Severity.MEDIUM)
def key_suspicious(fleet: Fleet) -> Iterator[Hit]:
    """Look at every key, then at the keys of each backend beside each other."""
    for backend, settings in certain_settings(fleet):
        yield from _traps(backend, settings)
        yield from _alike(backend, settings)


def _traps(backend: Backend, settings: tuple[Setting, ...]) -> Iterator[Hit]:
    by_key: dict[tuple[str, str], list[Setting]] = {}
    for setting in settings:
        use = setting.use
        if use is not None:
            by_key.setdefault((use.workspace_prefix, use.key), []).append(setting)
    for (prefix, key), users in by_key.items():
        traps = state_key_traps(key, workspace_prefix=prefix)
        if traps:
            yield Hit(
                message=f"the key `{key}` {'; it '.join(traps)}",
                evidence=tuple(setting_evidence(each, "", argument="key") for each in users),
                advice=ADVICE,
                subject=key,
                backend=backend.name,
            )


def _alike(backend: Backend, settings: tuple[Setting, ...]) -> Iterator[Hit]:
    uses = [(setting, setting.use) for setting in settings]
    for group in keys_alike(use.key for _, use in uses if use is not None):
        yield Hit(
            message=f"the keys {quoted(group)} differ in upper and lower case alone",
            evidence=tuple(
                setting_evidence(setting, f"`{use.key}`", argument="key")
                for setting, use in uses
                if use is not None and use.key in group
            ),
            advice=ADVICE_ALIKE,
            subject=group[0],
            backend=backend.name,
        )
