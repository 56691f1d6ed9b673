"""Rules for the names of buckets, lock tables and state keys. Pure.

Every function returns what is wrong, in words, and nothing when the name is fine. Sources: "Bucket naming
rules" of the Amazon S3 user guide, the DynamoDB service model, and for keys what Terraform 1.11.4 and
OpenTofu accept, refuse or mistake for something else.
"""

from __future__ import annotations

import re
import unicodedata

from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT

BUCKET_LENGTH_MIN = 3
BUCKET_LENGTH_MAX = 63
BUCKET_PREFIXES_RESERVED = ("xn--", "sthree-", "amzn-s3-demo-")
BUCKET_SUFFIXES_RESERVED = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
ACCOUNT_REGIONAL_SUFFIX = "-an"
ACCOUNT_REGIONAL_END = re.compile(r"-\d{12}-[a-z]{2,5}(?:-[a-z]+)+-\d+-an$")

TABLE_LENGTH_MIN = 3
TABLE_LENGTH_MAX = 255

LOCK_OBJECT_SUFFIX = ".tflock"
DIGEST_SUFFIX = "-md5"
OBJECT_KEY_BYTES_MAX = 1024  # S3, in UTF-8, every prefix included
STATE_KEY_BYTES_MAX = OBJECT_KEY_BYTES_MAX - len(LOCK_OBJECT_SUFFIX)
WILDCARDS = ("*", "?", "${", "\\")  # what an IAM policy or a shell reads as a pattern
SAFE_CHARACTERS = re.compile(r"[A-Za-z0-9!_.'()/-]")  # S3's safe ones, the IAM wildcard left out
SAFE_KEY = re.compile(f"{SAFE_CHARACTERS.pattern}+")


def bucket_name_problems(
    name: str,
    *,
    account_regional: bool = False,
    account: str | None = None,
    region: str | None = None,
) -> tuple[str, ...]:
    """Return why S3 would refuse to create a general purpose bucket of this name.

    With `account_regional` it is for the account-regional namespace, whose names end in
    `-<account>-<region>-an` (S3 CreateBucket, `BucketNamespace`); `account` (12 digits) and `region` are
    compared where they are known. Old buckets of us-east-1 may break these rules and still exist.
    """
    problems = []
    if not BUCKET_LENGTH_MIN <= len(name) <= BUCKET_LENGTH_MAX:
        problems.append(
            f"has {len(name)} characters, not {BUCKET_LENGTH_MIN} to {BUCKET_LENGTH_MAX}"
        )
    if re.search(r"[^a-z0-9.-]", name):
        problems.append("holds something else than lower-case letters, digits, dots and hyphens")
    if name and not (_is_letter_or_digit(name[0]) and _is_letter_or_digit(name[-1])):
        problems.append("does not begin and end with a letter or digit")
    if ".." in name:
        problems.append("holds two dots in a row")
    if re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name):
        problems.append("looks like an IP address")
    problems += [
        f"begins with `{prefix}`, which S3 reserves"
        for prefix in BUCKET_PREFIXES_RESERVED
        if name.startswith(prefix)
    ]
    problems += [
        f"ends with `{suffix}`, which S3 reserves"
        for suffix in BUCKET_SUFFIXES_RESERVED
        if name.endswith(suffix)
    ]
    if account_regional:
        problems += _account_regional_problems(name, account, region)
    elif name.endswith(ACCOUNT_REGIONAL_SUFFIX):
        problems.append("ends with `-an`, which is for buckets of the account-regional namespace")
    return tuple(problems)


def _account_regional_problems(
    name: str, account: str | None, region: str | None
) -> tuple[str, ...]:
    if account is not None and region is not None:
        end = f"-{account}-{region}{ACCOUNT_REGIONAL_SUFFIX}"
        fits = name.endswith(end) and len(name) > len(end)
    else:
        end = f"-{account or '<account>'}-{region or '<region>'}{ACCOUNT_REGIONAL_SUFFIX}"
        fits = ACCOUNT_REGIONAL_END.search(name) is not None
    return () if fits else (f"does not end with `{end}` after a prefix of its own",)


def bucket_name_cautions(name: str) -> tuple[str, ...]:
    """Return what S3 allows in a bucket's name and somebody will regret."""
    if "." in name:
        return ("holds a dot: its virtual-hosted address does not match the TLS certificate",)
    return ()


def table_name_problems(name: str) -> tuple[str, ...]:
    """Return why DynamoDB would refuse a table of this name."""
    problems = []
    if not TABLE_LENGTH_MIN <= len(name) <= TABLE_LENGTH_MAX:
        problems.append(f"has {len(name)} characters, not {TABLE_LENGTH_MIN} to {TABLE_LENGTH_MAX}")
    if re.search(r"[^a-zA-Z0-9_.-]", name):
        problems.append("holds something else than letters, digits, underscores, dots and hyphens")
    return tuple(problems)


def state_key_problems(
    key: str, *, workspace_prefix: str = WORKSPACE_PREFIX_DEFAULT, workspace: str | None = None
) -> tuple[str, ...]:
    """Return why a new state should not get this key: its traps, and characters beyond the safe ones.

    `workspace` is the longest workspace name that the key must leave room for.
    """
    problems = list(state_key_traps(key, workspace_prefix=workspace_prefix, workspace=workspace))
    if not key.strip():
        problems.append("is empty")
    if key == "soap":
        problems.append("is `soap`, which S3 reserves")
    if SAFE_KEY.fullmatch(key):
        return tuple(problems)
    remaining = key
    for trap in WILDCARDS:  # they were named already, as were control characters
        remaining = remaining.replace(trap, "")
    unsafe = dict.fromkeys(
        each for each in remaining if not SAFE_CHARACTERS.match(each) and not _is_control(each)
    )
    if unsafe:
        shown = ", ".join(f"`{each}`" for each in unsafe)
        problems.append(f"holds characters that are not safe everywhere: {shown}")
    return tuple(problems)


def state_key_traps(
    key: str, *, workspace_prefix: str = WORKSPACE_PREFIX_DEFAULT, workspace: str | None = None
) -> tuple[str, ...]:
    """Return in what a key, that may be in use, is refused by an engine or taken for something else."""
    problems = []
    segments = key.split("/")
    if key.startswith("/"):
        problems.append("begins with `/`, which Terraform refuses")
    if key.endswith("/"):
        problems.append("ends with `/`, which Terraform refuses")
    if "//" in key:
        problems.append(
            "holds `//`, which Terraform refuses and OpenTofu cleans in workspace paths"
        )
    problems += [
        f"has the segment `{each}`, which the engines resolve in workspace paths and S3 does not"
        for each in ("..", ".")
        if each in segments
    ]
    start = f"{workspace_prefix}/"
    if workspace_prefix and key.startswith(start):
        problems.append(f"begins with `{start}`, where the states of workspaces are")
    if key.endswith(LOCK_OBJECT_SUFFIX):
        problems.append(f"ends with `{LOCK_OBJECT_SUFFIX}` as lock files do")
    if key.endswith(DIGEST_SUFFIX):
        problems.append(f"ends with `{DIGEST_SUFFIX}` as the digest items of the lock table do")
    found = [each for each in WILDCARDS if each in key]
    if found:
        shown = ", ".join(f"`{each}`" for each in found)
        problems.append(f"holds {shown}, which policies and shells read as a pattern")
    if not key.isprintable() and any(map(_is_control, key)):
        problems.append("holds control characters")
    return (*problems, *_length_problems(key, workspace_prefix, workspace))


def _length_problems(key: str, workspace_prefix: str, workspace: str | None) -> tuple[str, ...]:
    path = key
    if workspace is not None:
        path = "/".join(each for each in (workspace_prefix, workspace, key) if each)
    length_bytes = len(path.encode("utf-8", "surrogatepass"))
    if length_bytes <= STATE_KEY_BYTES_MAX:
        return ()
    of_what = "" if workspace is None else f" in workspace `{workspace}`"
    room = f"{STATE_KEY_BYTES_MAX} leave room for `{LOCK_OBJECT_SUFFIX}`"
    return (f"has {length_bytes} bytes{of_what}, and {room}",)


def _is_letter_or_digit(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
