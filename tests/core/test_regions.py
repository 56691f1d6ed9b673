"""The table of regions says what botocore says."""

from botocore.session import Session

from holdfast.core.regions import OPT_IN_REGIONS, PARTITIONS, Partition, partition_of

PSEUDO_REGION = "-global"


def test_partitions_and_regions_are_those_of_botocore() -> None:
    document = Session().get_component("data_loader").load_data("partitions")
    theirs = {
        each["id"]: (
            each["outputs"]["dnsSuffix"],
            {region for region in each["regions"] if not region.endswith(PSEUDO_REGION)},
        )
        for each in document["partitions"]
    }
    assert {each.name: (each.dns_suffix, set(each.regions)) for each in PARTITIONS} == theirs


def test_no_region_is_in_two_partitions() -> None:
    regions = [region for partition in PARTITIONS for region in partition.regions]
    assert len(regions) == len(set(regions))


def test_a_region_belongs_to_its_partition() -> None:
    assert partition_of("cn-north-1") == Partition(
        name="aws-cn",
        dns_suffix="amazonaws.com.cn",
        regions=frozenset({"cn-north-1", "cn-northwest-1"}),
    )


def test_a_region_that_only_looks_like_one_belongs_to_none() -> None:
    assert partition_of("us-northeast-1") is None
    assert partition_of("us-east-11") is None


def test_regions_that_must_be_enabled_are_ordinary_regions_of_the_first_partition() -> None:
    assert OPT_IN_REGIONS - PARTITIONS[0].regions == frozenset()
    assert "eu-west-1" not in OPT_IN_REGIONS
