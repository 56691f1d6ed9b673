"""What the credentials of an account and the keys of a backend must fit."""

from pathlib import Path

import pytest

from tests.declaration.files import mistakes

ACCOUNTS = """\
version: 1
organization: msdp
accounts:
  dev: {id: "111111111111"}
  prod: {id: "222222222222"}
"""


@pytest.mark.parametrize(
    ("account", "found"),
    [
        (
            'id: "111111111111", role: "arn:aws:iam::222222222222:role/x"',
            [
                "4:35 `role` of account `dev` is in account 222222222222, and its `id` is 111111111111"
            ],
        ),
        (
            'id: "111111111111", external_id: abc',
            ["4:42 `external_id` of account `dev` has no use without a `role`"],
        ),
        (
            'id: "111111111111", role: "arn:aws-cn:iam::111111111111:role/x"',
            [
                (
                    "5:38 `region` of backend `a` is in partition `aws`, and the role of account `dev` in"
                    " `aws-cn`"
                )
            ],
        ),
        (
            'id: "111111111111", role: "arn:x", external_id: abc',
            [
                (
                    "4:35 `role` of account `dev`: `arn:x` is not the ARN of a role, such as"
                    " `arn:aws:iam::111111111111:role/NAME`"
                )
            ],
        ),
    ],
)
def test_credentials_fit_their_account(tmp_path: Path, account: str, found: list[str]) -> None:
    text = f"""
version: 1
accounts:
  dev: {{{account}}}
backends: {{a: {{account: dev, region: eu-west-1, locking: none, bucket: states}}}}
"""
    assert mistakes(tmp_path, text) == found


def test_a_key_is_in_the_region_of_its_backend(tmp_path: Path) -> None:
    key = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-4cde-8f01-23456789abcd"
    text = f"""
version: 1
baseline: {{encryption: {{kms_key: "{key}"}}}}
accounts: {{dev: {{id: "111111111111"}}}}
backends:
  fits: {{account: dev, region: eu-west-1, locking: none, bucket: state-a}}
  other: {{account: dev, region: us-east-1, locking: none, bucket: state-b}}
  own: {{account: dev, region: us-east-1, locking: none, bucket: state-c, kms_key: "{key}"}}
"""
    assert mistakes(tmp_path, text) == [
        (
            "3:34 `kms_key` of `baseline.encryption` is in region `eu-west-1`, and backend `other` in"
            " `us-east-1`; give that backend a `kms_key` of its own"
        ),
        "8:83 `kms_key` of backend `own` is in region `eu-west-1`, and backend `own` in `us-east-1`",
    ]


def test_an_account_and_a_key_are_in_the_partition_of_the_region(tmp_path: Path) -> None:
    key = "arn:aws:kms:cn-north-1:333333333333:key/01234567-89ab-4cde-8f01-23456789abcd"
    text = f"""
version: 1
accounts: {{dev: {{id: "111111111111"}}, again: {{id: "111111111111"}}, china: {{id: "333333333333"}}}}
backends:
  a: {{account: dev, region: us-east-1, locking: none, bucket: state-a}}
  new: {{account: dev, region: sa-west-1, locking: none, bucket: state-n}}
  b: {{account: again, region: cn-north-1, locking: none, bucket: state-b}}
  c: {{account: china, region: cn-north-1, locking: none, bucket: state-c, kms_key: "{key}"}}
"""
    assert mistakes(tmp_path, text) == [
        (
            "7:3 backend `b` is in partition `aws-cn`, and backend `a` on line 5, of the same account"
            " 111111111111, in `aws`"
        ),
        "8:31 `region` of backend `c` is in partition `aws-cn`, and its key in `aws`",
    ]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            (
                "organization: 5\naccounts: {d: {id: '111111111111'}}\n"
                "naming: {bucket: '{organization}'}"
            ),
            '2:15 `organization` must be text; put quotes around it: "5"',
        ),
        (
            (
                "organisation: x\naccounts: {d: {id: '111111111111'}}\n"
                "naming: {bucket: '{organization}'}"
            ),
            "2:1 `organisation` is not a setting of a declaration; did you mean `organization`?",
        ),
        (
            "accounts: {d: {id: '1'}}\nnaming: {bucket: '{account_id}'}",
            "2:20 `id` of account `d`: `1` is not an account ID of 12 digits: it has 1",
        ),
        (
            "accounts: {d: {id: '111111111111'}}\nnaming: []",
            "3:9 `naming` must be a mapping, not a list",
        ),
        (
            "accounts: {d: {id: '111111111111'}}\nnaming: {bucket: 5}",
            '3:18 `bucket` of `naming` must be text; put quotes around it: "5"',
        ),
        (
            "accounts: {d: {id: '111111111111'}}\nnaming: {bucket: '{'}",
            "3:19 `naming.bucket`: `{` is not closed",
        ),
    ],
)
def test_one_mistake_does_not_make_another(tmp_path: Path, lines: str, found: str) -> None:
    backends = "backends: {a: {account: d, region: eu-west-1, locking: none}}"
    assert mistakes(tmp_path, f"version: 1\n{lines}\n{backends}\n") == [found]
