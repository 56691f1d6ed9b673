"""Which requests change something that a state is about: its object, its digest and its locks."""

from tests.support.aws_operations import Request

WRITES = frozenset({"s3:PutObject", "s3:DeleteObject", "dynamodb:PutItem", "dynamodb:DeleteItem"})


def is_write(request: Request) -> bool:
    return request.operation in WRITES
