from dataclasses import replace

from holdfast.core.cloud import Caller
from holdfast.core.facts import Known
from holdfast.core.whereabouts import partition_name_of, region_of_bucket
from tests.rules.fleets import ACCOUNT, DENIED, backend, healthy_bucket, observed


def test_changes_go_to_the_real_region_where_it_is_known() -> None:
    elsewhere = healthy_bucket(region=Known("us-east-2"))
    unknown = healthy_bucket(region=DENIED)
    nowhere = replace(observed(backend(region=None)), region=None)
    assert region_of_bucket(elsewhere, observed()) == "us-east-2"
    assert region_of_bucket(unknown, observed()) == "eu-west-1"
    assert region_of_bucket(unknown, replace(observed(), region=None)) == "eu-west-1"
    assert region_of_bucket(unknown, nowhere) == "us-east-1"


def test_the_partition_is_the_callers_or_the_regions() -> None:
    caller = Known(Caller(account=ACCOUNT, arn="x", partition="aws-us-gov"))
    in_china = replace(observed(caller=DENIED), region="cn-north-1")
    in_a_store = replace(observed(caller=DENIED), region="local")
    assert partition_name_of(observed(caller=caller)) == "aws-us-gov"
    assert partition_name_of(in_china) == "aws-cn"
    assert partition_name_of(in_a_store) == "aws"
