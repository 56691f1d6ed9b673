from tests.contracts.conftest import Cloud


def test_a_delete_leaves_the_version_behind_a_marker(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket(versioning=True)
    version = s3.put_object(Bucket=bucket, Key="a.tfstate", Body=b"kept")["VersionId"]
    deleted = s3.delete_object(Bucket=bucket, Key="a.tfstate")
    listed = s3.list_object_versions(Bucket=bucket)
    assert deleted["DeleteMarker"] is True
    assert [found["VersionId"] for found in listed["Versions"]] == [version]
    assert [found["IsLatest"] for found in listed["DeleteMarkers"]] == [True]
    old = s3.get_object(Bucket=bucket, Key="a.tfstate", VersionId=version)
    assert old["Body"].read() == b"kept"


def test_a_delete_of_an_absent_key_leaves_a_marker(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket(versioning=True)
    assert s3.delete_object(Bucket=bucket, Key="never.tfstate").get("DeleteMarker") is True
    markers = s3.list_object_versions(Bucket=bucket).get("DeleteMarkers", [])
    assert [marker["Key"] for marker in markers] == ["never.tfstate"]


def test_suspended_versioning_keeps_older_versions(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket(versioning=True)
    version = s3.put_object(Bucket=bucket, Key="a.tfstate", Body=b"old")["VersionId"]
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket=bucket, Key="a.tfstate", Body=b"new")
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert {found["VersionId"] for found in versions} == {version, "null"}


def test_versions_of_workspace_keys_are_listed_over_several_pages(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket(versioning=True)
    keys = [f"env:/w{number}/a/terraform.tfstate" for number in range(7)]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"1")
        s3.put_object(Bucket=bucket, Key=key, Body=b"2")
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix="env:/", PaginationConfig={"PageSize": 3}
    )
    listed = [version["Key"] for page in pages for version in page.get("Versions", [])]
    assert listed == [key for key in keys for _ in range(2)]
