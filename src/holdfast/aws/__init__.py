"""The typed calls that Holdfast makes to S3, DynamoDB, STS, IAM, KMS and Organizations.

Only this package imports botocore. It maps every foreign error at the call that raised it, bounds
retries, pages and seconds, and decides nothing: whether a fact is good or bad is for the rules.
"""
