"""What depends on more than one setting: names, accounts, regions, keys."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.core.names import bucket_name_problems, table_name_problems
from holdfast.declaration.reading import read_declaration
from holdfast.errors import DeclarationInvalidError
from tests.declaration.files import NAME, declared, mistakes

ACCOUNTS = """\
version: 1
organization: msdp
accounts:
  dev: {id: "111111111111"}
  prod: {id: "222222222222"}
  china: {id: "333333333333"}
"""


def names(directory: Path, text: str) -> list[tuple[str, str | None]]:
    return [(each.bucket, each.table) for each in declared(directory, text).backends]


def test_names_come_from_the_patterns_and_a_literal_wins(tmp_path: Path) -> None:
    text = f"""{ACCOUNTS}
naming:
  bucket: "tf-state-{{organization}}-{{account}}-{{region_code}}-{{hash:8}}"
  lock_table: "{{backend}}_{{account_id}}_{{region:code}}"
backends:
  a: {{account: dev, region: eu-west-1, locking: both}}
  b: {{account: dev, region: eu-west-1, locking: both, bucket: legacy}}
  c: {{account: prod, region: us-gov-west-1, locking: dynamodb, lock_table: Legacy}}
"""
    suffixes = [
        hashlib.sha256(
            f"account={account}\norganization=msdp\nregion={region}\n".encode()
        ).hexdigest()[:8]
        for account, region in [("dev", "eu-west-1"), ("prod", "us-gov-west-1")]
    ]
    assert names(tmp_path, text) == [
        (f"tf-state-msdp-dev-euw1-{suffixes[0]}", "a_111111111111_euw1"),
        ("legacy", "b_111111111111_euw1"),
        (f"tf-state-msdp-prod-usgw1-{suffixes[1]}", "Legacy"),
    ]


def test_an_optional_organization_may_be_missing(tmp_path: Path) -> None:
    text = """
        version: 1
        naming: {bucket: "[{organization}-]states-{account}"}
        accounts: {dev: {id: "111111111111"}}
        backends: {a: {account: dev, region: eu-west-1, locking: none}}
        """
    assert names(tmp_path, text) == [("states-dev", None)]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            "backends: {a: {account: dev, region: eu-west-1, locking: dynamodb}}",
            [
                "7:12 backend `a` has no `bucket`, and there is no `naming.bucket`",
                "7:12 backend `a` has no `lock_table`, and there is no `naming.lock_table`",
            ],
        ),
        (
            "backends: {a: {account: stage, region: eu-west-1, locking: none, bucket: states}}",
            [
                "7:25 `account` of backend `a`: `stage` is not declared; the accounts are `dev`, `china`, `prod`"
            ],
        ),
        (
            "backends: {a: {account: pord, region: eu-west-1, locking: none, bucket: states}}",
            [
                "7:25 `account` of backend `a`: `pord` is not declared; the accounts are `prod`, `dev`, `china`"
            ],
        ),
        (
            (
                "backends: {a: {account: dev, region: eu-west-1, locking: lockfile, bucket: states,"
                " lock_table: locks}}"
            ),
            [
                (
                    "7:96 `lock_table` of backend `a` has no use with locking `lockfile`; while the table is"
                    " still used, it is `both`"
                )
            ],
        ),
        (
            (
                "backends: {a: {account: dev, region: eu-west-1, locking: both, bucket: My_States-,"
                " lock_table: a/}}"
            ),
            [
                (
                    "7:72 `bucket` of backend `a`: `My_States-` holds something else than lower-case letters,"
                    " digits, dots and hyphens; does not begin and end with a letter or digit"
                ),
                (
                    "7:96 `lock_table` of backend `a`: `a/` has 2 characters, not 3 to 255; holds something"
                    " else than letters, digits, underscores, dots and hyphens"
                ),
            ],
        ),
        (
            (
                "naming: {bucket: '{organization}_{backend}', lock_table: '{account}/{backend}'}\n"
                "backends: {a: {account: dev, region: eu-west-1, locking: both}}"
            ),
            [
                (
                    "8:12 `bucket` of backend `a`, from `naming.bucket`: `msdp_a` holds something else than"
                    " lower-case letters, digits, dots and hyphens"
                ),
                (
                    "8:12 `lock_table` of backend `a`, from `naming.lock_table`: `dev/a` holds something else"
                    " than letters, digits, underscores, dots and hyphens"
                ),
            ],
        ),
        (
            (
                f"naming: {{bucket: '{{organization}}-{'long-' * 13}States'}}\n"
                "backends: {a: {account: dev, region: eu-west-1, locking: none}}"
            ),
            [
                (
                    f"8:12 `bucket` of backend `a`, from `naming.bucket`: `msdp-{'long-' * 13}States` has 76"
                    " characters, not 3 to 63; holds something else than lower-case letters, digits, dots and"
                    " hyphens; `{x:lower}` makes a field lower case; `{x:20}` cuts a field to 20 characters"
                )
            ],
        ),
        (
            (
                "naming: {bucket: 'x-{account:code}'}\n"
                "backends: {a: {account: dev, region: eu-west-1, locking: none}}"
            ),
            [
                "7:21 `bucket` of backend `a`: `{account:code}` needs a region, and `account` is `dev`"
            ],
        ),
        (
            "naming: {bucket: '{environment}-{regoin}'}",
            [
                (
                    "7:19 `naming.bucket`: `environment` is not a field of a name; there are `organization`,"
                    " `account`, `account_id`, `region`, `backend`, `region_code`, `hash`"
                ),
                "7:33 `naming.bucket`: `regoin` is not a field of a name; did you mean `region`?",
            ],
        ),
        (
            (
                "backends:\n"
                "  a: {account: dev, region: eu-west-1, locking: none, bucket: states}\n"
                "  b: {account: prod, region: us-east-1, locking: none, bucket: states}\n"
                "  c: {account: china, region: cn-north-1, locking: none, bucket: states}\n"
                "  d: {account: prod, region: sa-west-1, locking: none, bucket: states}\n"
            ),
            [
                (
                    "9:3 backend `b` has the bucket of backend `a` on line 8, `states`; one bucket is one"
                    " backend"
                ),
                (
                    "11:3 backend `d` has the bucket of backend `a` on line 8, `states`; one bucket is one"
                    " backend"
                ),
            ],
        ),
        (
            (
                "backends: {a: {account: dev, region: eu-west-1, locking: none, account_regional: true,"
                " bucket: states}}"
            ),
            [
                (
                    "7:96 `bucket` of backend `a`: `states` does not end with `-111111111111-eu-west-1-an`"
                    " after a prefix of its own"
                )
            ],
        ),
        (
            (
                "backends: {a: {account: dev, region: eu-west-1, locking: none,"
                " bucket: states-111111111111-eu-west-1-an}}"
            ),
            [
                (
                    "7:72 `bucket` of backend `a`: `states-111111111111-eu-west-1-an` ends with `-an`, which is"
                    " for buckets of the account-regional namespace"
                )
            ],
        ),
    ],
)
def test_settings_that_do_not_fit_together(tmp_path: Path, lines: str, found: list[str]) -> None:
    assert mistakes(tmp_path, ACCOUNTS + lines) == found


def test_a_long_list_of_accounts_is_cut(tmp_path: Path) -> None:
    accounts = "\n".join(
        f'  team{number:02}: {{id: "1111111111{number:02}"}}' for number in range(12)
    )
    backend = "backends: {a: {account: x, region: eu-west-1, locking: none, bucket: states}}"
    assert mistakes(tmp_path, f"version: 1\naccounts:\n{accounts}\n{backend}\n") == [
        (
            "15:25 `account` of backend `a`: `x` is not declared; the accounts are `team00`, `team01`,"
            " `team02`, `team03`, `team04`, `team05`, `team06`, `team07`, `team08`, `team09` and 2 more"
        )
    ]


WORDS = st.text(alphabet="ab0-_.A", max_size=70)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(organization=WORDS, bucket=WORDS, table=WORDS)
def test_an_expanded_name_is_legal_or_reported(
    tmp_path: Path, organization: str, bucket: str, table: str
) -> None:
    text = f"""
version: 1
organization: "{organization}"
naming: {{bucket: "{bucket}{{organization}}", lock_table: "{{organization}}{table}"}}
accounts: {{dev: {{id: "111111111111"}}}}
backends: {{a: {{account: dev, region: eu-west-1, locking: both}}}}
"""
    path = tmp_path / NAME
    path.write_text(text, encoding="utf-8")
    legal = 1 <= len(organization) <= 63 and not (
        bucket_name_problems(bucket + organization) or table_name_problems(organization + table)
    )
    if legal:
        (backend,) = read_declaration(path).backends
        assert (backend.bucket, backend.table) == (bucket + organization, organization + table)
    else:
        with pytest.raises(DeclarationInvalidError):
            read_declaration(path)
