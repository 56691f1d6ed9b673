from typing import TYPE_CHECKING

from holdfast.core.state_uploads import checksum_of
from tests.contracts.conftest import Cloud
from tests.contracts.errors import refused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedMultipartUploadTypeDef

KEY = "a/terraform.tfstate"
PARTS = (b"x" * (5 << 20), b"y")  # what is smaller than 5 MiB has to be the last one


def begun(s3: "S3Client", bucket: str) -> tuple[str, "CompletedMultipartUploadTypeDef"]:
    """Begin an upload and send its parts; return its identifier, and what completes it."""
    upload = s3.create_multipart_upload(Bucket=bucket, Key=KEY, ChecksumAlgorithm="SHA256")
    identifier = upload["UploadId"]
    tags = [
        s3.upload_part(
            Bucket=bucket,
            Key=KEY,
            UploadId=identifier,
            PartNumber=number,
            Body=part,
            ChecksumSHA256=checksum_of(part),
        )["ETag"]
        for number, part in enumerate(PARTS, start=1)
    ]
    return identifier, {
        "Parts": [
            {"PartNumber": number, "ETag": tag, "ChecksumSHA256": checksum_of(part)}
            for number, (tag, part) in enumerate(zip(tags, PARTS, strict=True), start=1)
        ]
    }


def test_an_upload_is_completed_where_nothing_is_and_nowhere_else(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    first, parts = begun(s3, bucket)
    s3.complete_multipart_upload(
        Bucket=bucket, Key=KEY, UploadId=first, MultipartUpload=parts, IfNoneMatch="*"
    )
    upload, parts = begun(s3, bucket)
    with refused("PreconditionFailed"):
        s3.complete_multipart_upload(
            Bucket=bucket, Key=KEY, UploadId=upload, MultipartUpload=parts, IfNoneMatch="*"
        )
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == b"".join(PARTS)


def test_an_upload_is_completed_over_what_was_read_and_nothing_else(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    tag = s3.put_object(Bucket=bucket, Key=KEY, Body=b"read")["ETag"]
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"theirs")
    upload, parts = begun(s3, bucket)
    with refused("PreconditionFailed"):
        s3.complete_multipart_upload(
            Bucket=bucket, Key=KEY, UploadId=upload, MultipartUpload=parts, IfMatch=tag
        )
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == b"theirs"


def test_an_aborted_upload_can_never_be_completed(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    upload, parts = begun(s3, bucket)
    listed = s3.list_multipart_uploads(Bucket=bucket, Prefix=KEY)["Uploads"]
    assert [(each["Key"], each["UploadId"]) for each in listed] == [(KEY, upload)]
    s3.abort_multipart_upload(Bucket=bucket, Key=KEY, UploadId=upload)
    with refused("NoSuchUpload"):
        s3.complete_multipart_upload(
            Bucket=bucket, Key=KEY, UploadId=upload, MultipartUpload=parts, IfNoneMatch="*"
        )
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket, Prefix=KEY)


def test_a_part_tells_its_bytes(cloud: Cloud) -> None:
    s3, bucket = cloud.s3(), cloud.bucket()
    upload, _ = begun(s3, bucket)
    parts = s3.list_parts(Bucket=bucket, Key=KEY, UploadId=upload)["Parts"]
    assert [(each["PartNumber"], each["Size"]) for each in parts] == [(1, 5 << 20), (2, 1)]
    assert [each["ChecksumSHA256"] for each in parts] == [checksum_of(each) for each in PARTS]
