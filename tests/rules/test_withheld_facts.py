"""What holds for every rule over the cloud: an unknown fact is never good, and no mix of them is an error."""

from collections.abc import Mapping
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.cloud import (
    Bucket,
    Encryption,
    EncryptionKey,
    KeyState,
    ObservedBackend,
    ObservedTable,
    Ownership,
    Table,
    Versioning,
    VersioningStatus,
)
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.findings import (
    BackendRule,
    BucketRule,
    Finding,
    FleetRule,
    StatesRule,
    TableRule,
    Unjudged,
)
from holdfast.rules import all_rules
from tests.rules.fleets import (
    DENIED,
    KMS_KEY,
    TABLE,
    healthy_bucket,
    healthy_table,
    judged,
    lifecycle,
    observed,
    withheld_bucket,
)
from tests.rules.states import looked_through, state

RULES = [rule for rule in all_rules() if not isinstance(rule, FleetRule | StatesRule)]
STATES_RULES = [rule for rule in all_rules() if isinstance(rule, StatesRule)]

# These judge by what is known once the bucket or table was found at all, or by the code.
READ_NO_FACT = {
    "bucket-directory",
    "lock-table-has-indexes",
    "lock-table-not-a-lock-table",
    "lock-table-not-active",
    "lock-table-replicated",
    "lock-table-replicated-strongly",
    "lock-table-schema-wrong",
    "lock-table-throttles",
    "lock-table-unprotected",
    "lock-table-wrong-region",
    # A bucket that let us in is there and, by `ExpectedBucketOwner`, the expected account's.
    "bucket-foreign-owner",
    "bucket-missing",
    "lock-table-missing",
    # No root of this backend has a lock file.
    "lockfile-versions-unbounded",
}

KEY = EncryptionKey(
    arn=KMS_KEY,
    state=KeyState.DISABLED,
    state_text="Disabled",
    customer_managed=True,
    rotation=DENIED,
)
ODD: Mapping[str, tuple[Known[object], ...]] = {
    "versioning": (Known(Versioning(status=VersioningStatus.SUSPENDED, mfa_delete=True)),),
    "encryption": (
        Known(None),
        Known(Encryption(algorithm="aws:kms", key="alias/state")),
        Known(Encryption(algorithm="aws:kms")),
    ),
    "key": (Known(KEY),),
    "policy": (Known(None), Known("not a policy"), Known('{"Statement":[]}')),
    "policy_public": (Known(value=True),),
    "public_grants": (Known(("AllUsers READ",)),),
    "ownership": (Known(Ownership.UNSET),),
    "lifecycle": (
        Known(()),
        lifecycle({"Status": "Enabled", "Expiration": {"Days": 1}, "Filter": {"Tag": {}}}),
    ),
    "logging": (Known(None),),
}
REASONS = st.builds(Withheld, reason=st.sampled_from(Reason), permission=st.just("s3:Get"))


@st.composite
def buckets(draw: st.DrawFn) -> Bucket:
    healthy = healthy_bucket()
    changes = {
        field.name: draw(
            st.sampled_from((getattr(healthy, field.name), *ODD.get(field.name, ()))) | REASONS
        )
        for field in fields(Bucket)
        if field.name not in {"name", "directory"}
    }
    return healthy_bucket(**changes)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    healthy = healthy_table()
    return replace(
        healthy,
        point_in_time_recovery=draw(REASONS | st.just(Known(value=False))),
        time_to_live=draw(REASONS | st.just(healthy.time_to_live)),
        tags=draw(REASONS),
        policy=draw(REASONS),
    )


def without_facts() -> ObservedBackend:
    table = healthy_table(
        point_in_time_recovery=DENIED, time_to_live=DENIED, policy=DENIED, tags=DENIED
    )
    return observed(bucket=withheld_bucket(), tables=(table,), caller=DENIED, states_present=DENIED)


@given(buckets(), tables(), st.booleans())
def test_no_mix_of_facts_is_an_error(bucket: Bucket, table: Table, caller_known: bool) -> None:
    caller = None if caller_known else DENIED
    backend = observed(bucket=bucket, tables=(table,), caller=caller)
    for rule in RULES:
        assert all(isinstance(each, Finding | Unjudged) for each in judged(rule, backend))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_rule_without_its_facts_is_not_judged(rule: BackendRule | BucketRule | TableRule) -> None:
    judgements = judged(rule, without_facts())
    expected: list[object] = [] if rule.slug in READ_NO_FACT else [DENIED]
    assert [each.withheld for each in judgements if isinstance(each, Unjudged)] == expected
    assert len(judgements) == len(expected)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_rule_over_what_was_not_found_out_is_not_judged(
    rule: BackendRule | BucketRule | TableRule,
) -> None:
    nothing = replace(
        observed(bucket=DENIED, caller=DENIED, states_present=DENIED),
        tables=(ObservedTable(name=TABLE, presence=DENIED),),
    )
    unjudged = [each for each in judged(rule, nothing) if isinstance(each, Unjudged)]
    by_code = rule.slug == "lock-table-wrong-region"
    assert [each.withheld for each in unjudged] == ([] if by_code else [DENIED])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_healthy_backend_is_quiet(rule: BackendRule | BucketRule | TableRule) -> None:
    assert judged(rule, observed()) == ()


@pytest.mark.parametrize("rule", STATES_RULES, ids=lambda rule: rule.slug)
def test_a_rule_over_states_is_quiet_where_they_are_right_and_silent_where_nobody_asked(
    rule: StatesRule,
) -> None:
    assert judged(rule, code=looked_through(state())) == ()
    assert judged(rule, observed()) == ()


@pytest.mark.parametrize("rule", STATES_RULES, ids=lambda rule: rule.slug)
def test_a_rule_over_states_that_nobody_may_list_is_not_judged(rule: StatesRule) -> None:
    unlisted = looked_through(bucket_unread=DENIED, tables_unread=DENIED)
    judgements = judged(rule, code=unlisted)
    assert [each.withheld for each in judgements if isinstance(each, Unjudged)] == [DENIED]
    assert len(judgements) == 1
