"""The draft of a declaration as the text of `holdfast.yaml`, with comments that say what comes from what. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.core.adoption import Draft, DraftAccount, DraftBackend
from holdfast.core.cleaning import printable
from holdfast.core.declaration import DeclaredBaseline, Ignore
from holdfast.generate.yaml_text import Commented, YamlValue, yaml_comment, yaml_text

HEAD = """\
The state backends of this repository, as `holdfast init` found them. The file is yours: change it.
Names that exist win over patterns; patterns are for what is to come. `holdfast init --check` tells what is new
since."""

COMMENT_LENGTH_MAX = 300


def declaration_text(draft: Draft) -> str:
    """Return the whole file."""
    return f"{yaml_comment(HEAD)}\n{yaml_text(dict(_settings(draft)))}"


def _settings(draft: Draft) -> Iterator[tuple[str, YamlValue]]:
    yield "version", 1
    if draft.organization is not None:
        yield "organization", draft.organization
    naming = dict(_naming(draft))
    if naming:
        yield "naming", naming
    yield "accounts", {each.name: _account(each) for each in draft.accounts}
    yield "backends", {each.name: _backend(each) for each in draft.backends}
    if draft.environments:
        environments = {each.name: _choice(each.backends) for each in draft.environments}
        yield "environments", Commented("Environment → backend.", environments)
    layout = dict(_layout(draft))
    if layout:
        yield "layout", layout
    if draft.fields:
        yield "fields", {each.field: each.values for each in draft.fields}
    if draft.components:
        words = "Components that the layout does not find: some of their fields are not in a path."
        yield "components", Commented(words, [dict(each) for each in draft.components])
    if draft.baseline is not None and draft.baseline != DeclaredBaseline():
        yield "baseline", _baseline(draft.baseline)
    if draft.ignores:
        yield "ignore", [_ignore(each) for each in draft.ignores]


def _naming(draft: Draft) -> Iterator[tuple[str, YamlValue]]:
    backends = draft.backends
    tables = [each for each in backends if each.table is not None]
    for name, pattern, given, total, what in (
        (
            "bucket",
            draft.bucket_pattern,
            sum(not each.bucket_literal for each in backends),
            len(backends),
            "buckets",
        ),
        (
            "lock_table",
            draft.table_pattern,
            sum(not each.table_literal for each in tables),
            len(tables),
            "lock tables",
        ),
    ):
        if pattern is not None:
            words = f"Gives {given} of {total} {what}"
            rest = "; the others stand with their backends" if given < total else ""
            yield name, Commented(f"{words}{rest}.", str(pattern))
    if draft.key_pattern is not None:
        yield "key", str(draft.key_pattern)
    if draft.pipeline_pattern is not None:
        yield "pipeline", str(draft.pipeline_pattern)


def _account(account: DraftAccount) -> YamlValue:
    access = account.access
    settings = {
        "id": account.identity,
        "profile": access.profile,
        "role": access.role_arn,
        "external_id": access.external_id,
    }
    written = {name: value for name, value in settings.items() if value is not None}
    return _with_comment(written, "id", f"Known from: {printable(account.reason)}.")


def _backend(backend: DraftBackend) -> YamlValue:
    settings: dict[str, YamlValue] = {
        "account": backend.account,
        "region": backend.region,
        "locking": backend.locking.value,
    }
    if backend.bucket_literal:
        settings["bucket"] = backend.bucket
    if backend.table is not None and backend.table_literal:
        settings["lock_table"] = backend.table
    if backend.account_regional:
        settings["account_regional"] = True
    if backend.kms_key is not None:
        settings["kms_key"] = backend.kms_key
    if backend.tags:
        settings["tags"] = dict(backend.tags)
    return _with_comment(settings, "account", _sentence(backend.reason))


def _with_comment(settings: Mapping[str, YamlValue], name: str, comment: str) -> YamlValue:
    """Put a comment above one setting of a mapping."""
    return {
        each: Commented(comment, value) if each == name else value
        for each, value in settings.items()
    }


def _choice(backends: Sequence[tuple[str | None, str]]) -> YamlValue:
    regions = {region: name for region, name in backends if region is not None}
    if regions:
        return regions
    return backends[0][1]


def _layout(draft: Draft) -> Iterator[tuple[str, YamlValue]]:
    if draft.roots:
        yield "roots", [str(each) for each in draft.roots]
    if draft.exceptions:
        paths = [Commented(_sentence(why), path) for path, why in draft.exceptions]
        yield "except", Commented("Roots that are no components, and why.", paths)
    if draft.setup is not None:
        yield "setup", str(draft.setup)
    if draft.roots:
        yield "file", draft.file


def _baseline(baseline: DeclaredBaseline) -> YamlValue:
    settings: dict[str, YamlValue] = {}
    if baseline.kms_key is not None:
        settings["encryption"] = {"kms_key": baseline.kms_key}
    noncurrent = {"keep": baseline.noncurrent_keep, "days": baseline.noncurrent_days}
    kept = {name: value for name, value in noncurrent.items() if value is not None}
    if kept:
        settings["noncurrent_versions"] = kept
    return settings


def _ignore(ignore: Ignore) -> YamlValue:
    settings = {"rule": ignore.rule, "backend": ignore.backend, "root": ignore.root}
    written: dict[str, YamlValue] = {
        name: value for name, value in settings.items() if value is not None
    }
    return {**written, "reason": ignore.reason}


def _sentence(words: str) -> str:
    """Return words as one line of a comment, whatever they were taken from."""
    return printable(f"{words[:1].upper()}{words[1:]}.", length_max=COMMENT_LENGTH_MAX)
