"""What single values look like: account ids, regions, ARNs, names, tags.

Every `pattern` is read by Python and, in the JSON Schema, by ECMAScript: ASCII classes, no flags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from holdfast.core.likeness import did_you_mean
from holdfast.core.regions import REGION_PATTERN, REGIONS
from holdfast.declaration.shapes import Text

PLAIN = r"[^\x00-\x1f\x7f]"
# S3 and DynamoDB allow letters, digits, spaces and `+ - = . _ : / @` in tags, letters of any script.
TAG_CHARACTER = r"[^\x00-\x1f!\x22#$%&'()*,;<>?\[\\\]^`{|}~\x7f]"
SLUG = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

ROLE_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>[0-9]{12}):role/[A-Za-z0-9_+=,.@/-]{1,576}"
)
# The form that Terraform's S3 backend takes for `kms_key_id`: the key itself, never an alias.
KMS_KEY_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):kms:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12})"
    rf":key/({UUID}|mrk-[0-9a-f]{{32}})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arn:
    """The parts of an ARN that are compared. `region` is empty for IAM, which has none."""

    partition: str
    region: str
    account: str


def role_arn(text: str) -> Arn | None:
    """Read the ARN of a role."""
    found = ROLE_ARN.fullmatch(text)
    return Arn(partition=found["partition"], region="", account=found["account"]) if found else None


def kms_key_arn(text: str) -> Arn | None:
    """Read the ARN of a KMS key."""
    found = KMS_KEY_ARN.fullmatch(text)
    if found is None:
        return None
    return Arn(partition=found["partition"], region=found["region"], account=found["account"])


def _schema_pattern(expression: re.Pattern[str]) -> str:
    """Return an expression without the names of its groups, which ECMAScript writes differently."""
    return re.sub(r"\?P<[a-z]+>", "", expression.pattern)


def _digits_advice(text: str) -> str:
    return f": it has {len(text)}" if re.fullmatch(r"[0-9]+", text) else ""


def _region_advice(text: str) -> str:
    return did_you_mean(text, REGIONS)


def _kms_key_advice(text: str) -> str:
    if ":alias/" in text or text.startswith("alias/"):
        return "; Terraform takes no alias"
    return ""


def _slug_advice(text: str) -> str:
    slug = re.sub(r"[\s_]+", "-", text.strip().lower())
    return f"; did you mean `{slug}`?" if slug != text and re.fullmatch(SLUG, slug) else ""


ACCOUNT_ID = Text(
    pattern=r"[0-9]{12}",
    problem="is not an account ID of 12 digits",
    advice=_digits_advice,
    quoted=True,
    examples=("111111111111",),
)
REGION = Text(
    pattern=REGION_PATTERN,  # one newer than this version is accepted
    problem="is not a region",
    advice=_region_advice,
    examples=REGIONS,
)
ROLE = Text(
    pattern=_schema_pattern(ROLE_ARN),
    problem="is not the ARN of a role, such as `arn:aws:iam::111111111111:role/NAME`",
)
EXTERNAL_ID = Text(
    pattern=r"[A-Za-z0-9_+=,.@:/-]{2,1224}",
    problem="is not 2 to 1224 letters, digits and `_+=,.@:/-`",
)
PROFILE = Text(pattern=PLAIN + "+", problem="is not the name of a profile")
KMS_KEY = Text(
    pattern=_schema_pattern(KMS_KEY_ARN),
    problem="is not the ARN of a key, such as"
    " `arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-4cde-8f01-23456789abcd`",
    advice=_kms_key_advice,
)
ENTRY_NAME = Text(
    pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
    problem="is not 1 to 64 letters, digits and `_.-`, a letter or digit first",
)
ORGANIZATION = Text(pattern=PLAIN + "{1,63}", problem="is not 1 to 63 characters on one line")
NAME_PATTERN = Text(
    pattern=PLAIN + "+",
    problem="is not a naming pattern",
    examples=("{organization}-terraform-state-{account}",),
)
# What a name may hold is for `core.names` to say, once it is known what the name is for.
NAME = Text(pattern=PLAIN + "+", problem="is not a name")
FIELD_NAME = Text(
    pattern=r"(?!(hash|key|region_code|root)$)[a-z][a-z0-9_]{0,63}",
    problem="is not the name of a field: small letters, digits and `_`, and none of `hash`, `key`,"
    " `region_code` and `root`",
)
FIELD_VALUE = Text(
    pattern=r"[^/\x00-\x1f\x7f]{1,255}",
    problem="is not a value of a field: 1 to 255 characters on one line, without `/`",
)
KEY_PATTERN = Text(
    pattern=PLAIN + "+",
    problem="is not a pattern for keys",
    examples=("{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate",),
)
# What a key may be is for `core.names` to say.
STATE_KEY = Text(
    pattern=PLAIN + "+", problem="is not a key", examples=("legacy/network/terraform.tfstate",)
)
ROOT_PATH = Text(
    pattern=r"\.|(?!/)(?!(?:[^\x00-\x1f\x7f\\]*/)?\.{1,2}(?:/|$))[^\x00-\x1f\x7f\\]+",
    problem="is not a path relative to this file, with `/` between its parts, none of which is `.` or `..`",
    examples=("legacy/network",),
)
PIPELINE_PATTERN = Text(
    pattern=PLAIN + "+",
    problem="is not a pattern for the names of pipelines",
    examples=("{platform}-{component}-{environment}[-{instance}]",),
)
PATH_PATTERN = Text(
    pattern=r"(?!/)[^\x00-\x1f\x7f\\]+",
    problem="is not a pattern of paths relative to this file, with `/` between their parts",
    examples=("infrastructure/{platform}/{component}/{environment}",),
)
FILE_NAME = Text(
    pattern=r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}",
    problem="is not the name of a file: letters, digits and `_.-`",
    examples=("backend.hcl", "backend.tf", "backend.tf.json"),
)
RULE = Text(pattern=SLUG, problem="is not the name of a rule", advice=_slug_advice)
REASON = Text(pattern=r"\s*\S[\s\S]*", problem="is no reason")
PATH = Text(pattern=PLAIN + "+", problem="is not a path")
TAG_KEY = Text(
    pattern=rf"(?![aA][wW][sS]:){TAG_CHARACTER}{{1,128}}",
    problem="is not 1 to 128 letters, digits, spaces and `_.:/=+-@` that do not begin with `aws:`",
)
TAG_VALUE = Text(
    pattern=TAG_CHARACTER + "{0,256}",
    problem="is not at most 256 letters, digits, spaces and `_.:/=+-@`",
)
