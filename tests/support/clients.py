"""boto3 clients for one server and one account: what a test uses to look at the cloud by itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import boto3
from botocore.config import Config

from holdfast.sandbox.environment import SECRET_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType
    from mypy_boto3_sts import STSClient

DEFAULT_REGION = "us-east-1"
# No retries: a test sees what the server said. No proxy: the address is the server's own.
DIRECT = Config(retries={"total_max_attempts": 1}, proxies={}, max_pool_connections=16)
# One session for all: it keeps the service models, which are slow to load.
SESSION = boto3.Session()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Clients for the server at `url`; a 12-digit access key is an account of the embedded AWS."""

    url: str
    access_key: str
    secret_key: str = SECRET_KEY

    def s3(self, region: str = DEFAULT_REGION) -> "S3Client":
        """Return a client of S3 that puts the bucket into the path."""
        return SESSION.client(
            "s3",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=DIRECT,
        )

    def dynamodb(self, region: str = DEFAULT_REGION) -> "DynamoDBClient":
        """Return a client of DynamoDB."""
        return SESSION.client(
            "dynamodb",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=DIRECT,
        )

    def sts(self, region: str = DEFAULT_REGION) -> "STSClient":
        """Return a client of STS."""
        return SESSION.client(
            "sts",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=DIRECT,
        )

    def iam(self, region: str = DEFAULT_REGION) -> "IAMClient":
        """Return a client of IAM."""
        return SESSION.client(
            "iam",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=DIRECT,
        )

    def kms(self, region: str = DEFAULT_REGION) -> "KMSClient":
        """Return a client of KMS."""
        return SESSION.client(
            "kms",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=DIRECT,
        )

    def create_bucket(
        self, name: str, *, region: str = DEFAULT_REGION, versioning: bool = False
    ) -> str:
        """Create a bucket and return its name."""
        s3 = self.s3(region)
        if region == "us-east-1":
            s3.create_bucket(Bucket=name)
        else:
            s3.create_bucket(
                Bucket=name,
                CreateBucketConfiguration={
                    "LocationConstraint": cast("BucketLocationConstraintType", region)
                },
            )
        if versioning:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def create_lock_table(self, name: str, *, region: str = DEFAULT_REGION) -> str:
        """Create a lock table and return its name."""
        self.dynamodb(region).create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return name
