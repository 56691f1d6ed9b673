"""Every state is written so that strangers can read it.

## What it checks
`acl` in a backend block, a partial file or a `-backend-config` argument: `public-read`, `public-read-write` and
`authenticated-read`. The engine sends it with every state and every lock file that it writes.

## Why it matters
Whoever reads a state has the secrets in it; `authenticated-read` lets in every AWS account there is. A bucket that
blocks public access or has its ACLs switched off refuses such a write, so that the state is not stored at all.

## Fix
Delete the line, then run `init -reconfigure`: the state stays where it is. A state that was written keeps its
ACL until it is written anew: switch ACLs off in the bucket (`bucket-ownership-acls`), and take every secret
in the states as known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdfast.core.evidence import only_root, quoted, roots_words, setting_evidence
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place
from holdfast.core.settings import Setting, backend_name

# S3 user guide, "Canned ACL": what these grant to `AllUsers` and `AuthenticatedUsers`.
PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
ADVICE = "Delete `acl`, switch ACLs off in the bucket, and take every secret in the states as known to strangers."


@fleet_rule(Severity.CRITICAL)
def acl_public(fleet: Fleet) -> Iterator[Hit]:
    """Name the roots of each backend that open what they write; those of examples are set apart."""
    for place in Place:
        for backend, settings in _open_settings(fleet, place).items():
            verb, whose = ("writes", "its state") if only_root(settings) else ("write", "states")
            acls = dict.fromkeys(_acl(each) for each in settings)
            noun = "ACL" if len(acls) == 1 else "ACLs"
            yield Hit(
                message=f"{roots_words(settings)} {verb} {whose} with the {noun} {quoted(acls)}",
                evidence=tuple(
                    setting_evidence(each, f"`acl` is `{_acl(each)}`", argument="acl")
                    for each in settings
                ),
                advice=ADVICE,
                subject=only_root(settings),
                backend=backend,
                apart=place is Place.EXAMPLE,
            )


def _open_settings(fleet: Fleet, place: Place) -> Mapping[str, list[Setting]]:
    """Return the settings that open states, by backend; also of roots whose bucket is not known."""
    found: dict[str, list[Setting]] = {}
    for root in fleet.repository.roots:
        if root.place is not place or root.backend_type != "s3":
            continue
        for configuration in root.configurations:
            setting = Setting(root, configuration, configuration.text("bucket") or "")
            if _acl(setting) in PUBLIC_ACLS:
                backend = backend_name(root, configuration, fleet.backends)
                found.setdefault(backend, []).append(setting)
    return found


def _acl(setting: Setting) -> str:
    return setting.configuration.text("acl") or ""
