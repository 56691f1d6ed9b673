"""A configuration leaves encryption to the bucket.

## What it checks
Configurations in which `encrypt` is not true. One that names a key all the same is the rule
`kms-without-encrypt`.

## Why it matters
S3 encrypts every object by the bucket's default, so that on AWS no state is stored in clear; a store
that only speaks S3 may have no such default. The argument is no harmless addition either: `encrypt = true`
without `kms_key_id` asks for AES256, which goes before a KMS key that is the bucket's default: the rule
`encrypt-overrides-key` finds that.

## Fix
Where the bucket's default is a KMS key, set `encrypt = true` and `kms_key_id` together, or leave both out and
ignore this rule with that reason. Elsewhere set `encrypt = true`. Then run `init -reconfigure`: the state stays
where it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.evidence import only_root, roots_words, setting_evidence
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.settings import Setting, certain_settings, is_computed

ADVICE = (
    "Set `encrypt = true`; where the bucket's default is a KMS key, together with `kms_key_id`, because"
    " `encrypt = true` alone asks for AES256 instead."
)


@fleet_rule(Severity.LOW)
def encrypt_off(fleet: Fleet) -> Iterator[Hit]:
    """Name the roots of each backend that do not ask for encryption."""
    for backend, settings in certain_settings(fleet):
        silent = [each for each in settings if _is_silent(each)]
        if silent:
            verb = "does" if only_root(silent) else "do"
            yield Hit(
                message=(
                    f"{roots_words(silent)} {verb} not ask for encryption in `{backend.bucket}`"
                ),
                evidence=tuple(
                    setting_evidence(each, "`encrypt` is not true", argument="encrypt")
                    for each in silent
                ),
                advice=ADVICE,
                subject=only_root(silent),
                backend=backend.name,
            )


def _is_silent(setting: Setting) -> bool:
    configuration = setting.configuration
    names_key = any(
        configuration.text(name) or is_computed(configuration.attribute(name))
        for name in ("kms_key_id", "sse_customer_key")
    )
    return not (
        configuration.flag("encrypt")
        or is_computed(configuration.attribute("encrypt"))
        or names_key
    )
