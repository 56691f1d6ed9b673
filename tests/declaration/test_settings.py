"""What single settings take: the reader and the JSON Schema agree on it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from holdfast.core.regions import REGIONS
from holdfast.declaration.formats import REGION
from holdfast.declaration.schema import schema_text, shipped_schema
from tests.declaration.files import NAME, WHOLE, declared, mistakes

VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema_text()))

ACCOUNTS = 'accounts: {dev: {id: "111111111111"}}'
BACKEND = "account: dev, region: eu-west-1, locking: lockfile, bucket: states"
KEY_ARN = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-4cde-8f01-23456789abcd"


def schema_accepts(text: str) -> bool:
    document: Any = yaml.safe_load(text)  # as an editor reads the file
    return VALIDATOR.is_valid(document)


def test_the_shipped_schema_is_the_one_of_the_settings() -> None:
    assert shipped_schema() == schema_text(), (
        'write it anew: python -c "from holdfast.declaration.schema import schema_text;'
        " print(schema_text(), end='')\" > src/holdfast/declaration/holdfast.schema.json"
    )


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


def test_the_schema_accepts_a_whole_declaration() -> None:
    assert schema_accepts(WHOLE)


def test_every_known_region_has_the_form_that_a_newer_one_is_expected_to_have(
    tmp_path: Path,
) -> None:
    for region in REGIONS:
        text = (
            f"version: 1\n{ACCOUNTS}\nbackends: {{b: {{{BACKEND.replace('eu-west-1', region)}}}}}"
        )
        assert declared(tmp_path, text).backends[0].region == region
        assert schema_accepts(text)
    assert REGION.examples == REGIONS


@pytest.mark.parametrize("region", ["sa-west-1", "eu-isoe-east-2", "xx-northeast-12"])
def test_a_region_newer_than_this_version_is_accepted(tmp_path: Path, region: str) -> None:
    text = f"version: 1\n{ACCOUNTS}\nbackends: {{b: {{{BACKEND.replace('eu-west-1', region)}}}}}"
    assert declared(tmp_path, text).backends[0].region == region


@pytest.mark.parametrize(
    "line",
    [
        "organization: a b",
        'naming: {bucket: "{account}"}',
        "naming: {}",
        "accounts: {}",
        'accounts: {a.b_c-1: {id: "000000000000", profile: "with space"}}',
        (
            'accounts: {a: {id: "111111111111", role: "arn:aws-us-gov:iam::111111111111:role/a/b+=,.@-_",'
            ' external_id: "a:/b"}}'
        ),
        "backends: {}",
        "baseline: {}",
        f"baseline: {{encryption: {{kms_key: '{KEY_ARN}'}}}}",
        "baseline: {noncurrent_versions: {keep: 100, days: 1}}",
        "environments: {}",
        "layout: {}",
        "layout: {roots: [], setup: 'a/{backend}', file: backend.tf.json}",
        "layout: {roots: ['{a}/{b}[/{c}]', x]}",
        "fields: {platform: [azure, '1']}",
        "components: []",
        "naming: {key: '{a}/terraform.tfstate', pipeline: '{a:lower}'}\ncomponents: []",
        (
            "naming: {key: '{a}'}\ncomponents: [{a: b}]\n"
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}}}}}"
        ),
        (
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}}}}}\n"
            "environments: {dev: b, 'pre prod': {eu-west-1: b, westeurope: b}}"
        ),
        "ignore: []",
        "ignore: [{rule: a, reason: b, backend: c, root: d}]",
        f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}, account_regional: false, tags: {{é: ''}}}}}}",
        f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}, kms_key: '{KEY_ARN}'}}}}",
    ],
)
def test_reader_and_schema_accept(tmp_path: Path, line: str) -> None:
    text = f"version: 1\n{line}\n"
    assert declared(tmp_path, text).path == NAME
    assert schema_accepts(text)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("organization: 5", '2:15 `organization` must be text; put quotes around it: "5"'),
        ("organization: ''", "2:15 `organization`: `` is not 1 to 63 characters on one line"),
        ("organization: {}", "2:15 `organization` must be text, not a mapping"),
        ("naming:", "2:1 `naming` has no value; give it one or leave it out"),
        ("naming: []", "2:9 `naming` must be a mapping, not a list"),
        (
            "naming: {dynamodb_table: x}",
            "2:10 `dynamodb_table` is not a setting of `naming`; did you mean `lock_table`?",
        ),
        (
            "laoyut: {}",
            "2:1 `laoyut` is not a setting of a declaration; did you mean `layout`?",
        ),
        (
            "enviroments: {}",
            "2:1 `enviroments` is not a setting of a declaration; did you mean `environments`?",
        ),
        ("accounts: [dev]", "2:11 `accounts` must be a mapping, not a list"),
        ("accounts: {dev: '111111111111'}", "2:17 account `dev` must be a mapping, not text"),
        ("accounts: {dev: {}}", "2:12 account `dev` has no `id`"),
        (
            "accounts: {d/v: {id: '111111111111'}}",
            (
                "2:12 the name of an account: `d/v` is not 1 to 64 letters, digits and `_.-`, a letter or"
                " digit first"
            ),
        ),
        (
            "accounts: {dev: {id: 12345678901}}",
            (
                "2:22 `id` of account `dev`: `12345678901` is not an account ID of 12 digits: it has 11;"
                " it must be in quotes, or zeros may be lost"
            ),
        ),
        (
            "accounts: {dev: {id: '1111-1111-1111'}}",
            "2:22 `id` of account `dev`: `1111-1111-1111` is not an account ID of 12 digits",
        ),
        (
            "accounts: {dev: {id: '111111111111', role: 'arn:aws:iam::111111111111:user/x'}}",
            (
                "2:44 `role` of account `dev`: `arn:aws:iam::111111111111:user/x` is not the ARN of a role,"
                " such as `arn:aws:iam::111111111111:role/NAME`"
            ),
        ),
        (
            "accounts: {dev: {id: '111111111111', profile: yes}}",
            '2:47 `profile` of account `dev` must be text; put quotes around it: "yes"',
        ),
        (
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND.replace('eu-west-1', 'us-east-l')}}}}}",
            "3:38 `region` of backend `b`: `us-east-l` is not a region; did you mean `us-east-1`?",
        ),
        (
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND.replace('lockfile', 'no')}}}}}",
            (
                "3:58 `locking` of backend `b` must be one of `none`, `dynamodb`, `lockfile`, `both`, not"
                " `no`; did you mean `none`?"
            ),
        ),
        (
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}, account_regional: 'true'}}}}",
            "3:102 `account_regional` of backend `b` must be `true` or `false`, without quotes",
        ),
        (
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}, kms_key: 'alias/states'}}}}",
            (
                "3:93 `kms_key` of backend `b`: `alias/states` is not the ARN of a key, such as"
                " `arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-4cde-8f01-23456789abcd`;"
                " Terraform takes no alias"
            ),
        ),
        (
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}, tags: [a]}}}}",
            "3:90 `tags` of backend `b` must be a mapping, not a list",
        ),
        (
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}, tags: {{AWS:x: y}}}}}}",
            (
                "3:91 a key of `tags` of backend `b`: `AWS:x` is not 1 to 128 letters, digits, spaces and"
                " `_.:/=+-@` that do not begin with `aws:`"
            ),
        ),
        (
            f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}, tags: {{x: 'a;b'}}}}}}",
            (
                "3:94 `x` in `tags` of backend `b`: `a;b` is not at most 256 letters, digits, spaces and"
                " `_.:/=+-@`"
            ),
        ),
        (
            (
                f"{ACCOUNTS}\nbackends: {{b: {{{BACKEND}, tags: "
                f"{{{', '.join(f't{number}: x' for number in range(51))}}}}}}}"
            ),
            "3:90 `tags` of backend `b` has 51 entries, and 50 fit",
        ),
        (
            "baseline: {noncurrent_versions: {keep: 0}}",
            (
                "2:40 `keep` of `baseline.noncurrent_versions` must be a whole number from 1 to 100, not `0`"
            ),
        ),
        (
            "baseline: {noncurrent_versions: {keep: '50'}}",
            "2:40 `keep` of `baseline.noncurrent_versions` must be a number, without quotes",
        ),
        (
            "baseline: {noncurrent_versions: {days: 1.5}}",
            (
                "2:40 `days` of `baseline.noncurrent_versions` must be a whole number from 1 to 2147483647,"
                " not `1.5`"
            ),
        ),
        (
            "baseline: {noncurrent_versions: {days: [1]}}",
            (
                "2:40 `days` of `baseline.noncurrent_versions` must be a whole number from 1 to 2147483647,"
                " not a list"
            ),
        ),
        ("ignore: {rule: a}", "2:9 `ignore` must be a list, not a mapping"),
        ("ignore: [{rule: a}]", "2:10 entry 1 of `ignore` has no `reason`"),
        (
            "ignore: [{rule: a, reason: ' '}]",
            "2:28 `reason` of entry 1 of `ignore`: ` ` is no reason",
        ),
        ("ignore: [a]", "2:10 entry 1 of `ignore` must be a mapping, not text"),
    ],
)
def test_reader_and_schema_refuse(tmp_path: Path, line: str, found: str) -> None:
    text = f"version: 1\n{line}\n"
    assert mistakes(tmp_path, text) == [found]
    assert not schema_accepts(text)


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("version: 2", "1:10 `version` must be 1, not `2`"),
        ("version: '1'", "1:10 `version` must be the number 1, without quotes"),
        ("version: [1]", "1:10 `version` must be 1, not a list"),
        ("organization: x", "1:1 `version` is missing"),
    ],
)
def test_the_version_is_a_number_and_needed(tmp_path: Path, version: str, found: str) -> None:
    assert mistakes(tmp_path, version) == [found]
    assert not schema_accepts(version)
