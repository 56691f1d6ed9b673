import json

import pytest

from holdfast.core.baseline import tls_statement
from holdfast.core.policy_document import parsed_policy
from holdfast.core.policy_tls import requires_tls

BUCKET = "acme-terraform-state"
ARN = f"arn:aws:s3:::{BUCKET}"


def deny(**changes: object) -> dict[str, object]:
    document: dict[str, object] = json.loads(tls_statement(BUCKET))
    return document | changes


def required(*statements: dict[str, object]) -> bool:
    return requires_tls(parsed_policy(json.dumps({"Statement": statements})), BUCKET)


@pytest.mark.parametrize(
    "statement",
    [
        deny(),
        deny(Sid="AnyName", Principal={"AWS": "*"}, Action="*"),
        deny(Resource="*"),
        deny(Resource=f"{ARN}*"),
        deny(Condition={"BoolIfExists": {"aws:securetransport": ["false"]}}),
        deny(Condition={"Bool": {"aws:SecureTransport": False}}),
        deny(Condition={"StringNotEquals": {"aws:SecureTransport": "true"}}),
        deny(Condition={"NumericLessThanIfExists": {"s3:TlsVersion": 1.2}}),
        deny(
            Condition={
                "Bool": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}
            }
        ),
    ],
)
def test_a_statement_that_denies_plain_requests_counts_under_any_name(
    statement: dict[str, object],
) -> None:
    assert required(statement)


@pytest.mark.parametrize(
    "statement",
    [
        deny(Effect="Allow"),
        deny(Principal={"AWS": "111111111111"}),
        deny(Action="s3:GetObject"),
        deny(Resource=ARN),
        deny(Resource=f"{ARN}/*"),
        deny(Resource=["arn:aws:s3:::another", "arn:aws:s3:::another/*"]),
        deny(Condition={}),
        deny(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        deny(
            Condition={
                "Bool": {"aws:SecureTransport": "false"},
                "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
            }
        ),
        # The key is absent over plain HTTP, so that this lets plain requests pass.
        deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    ],
)
def test_a_statement_that_lets_plain_requests_pass_does_not_count(
    statement: dict[str, object],
) -> None:
    assert not required(statement)


def test_bucket_and_objects_may_be_covered_by_two_statements() -> None:
    assert required(deny(Resource=ARN), deny(Resource=f"{ARN}/*"))


def test_another_partition_has_other_arns() -> None:
    text = json.dumps({"Statement": json.loads(tls_statement(BUCKET, "aws-cn"))})
    assert requires_tls(parsed_policy(text), BUCKET, partition="aws-cn")
    assert not requires_tls(parsed_policy(text), BUCKET)
