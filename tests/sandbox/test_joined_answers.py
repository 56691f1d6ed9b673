"""The head and the body of an answer arrive together."""

import socket
from urllib.parse import urlsplit

from tests.support.fixtures import FreshAccount

ANSWERS = 50


def test_the_head_of_an_answer_never_arrives_without_its_body(account: FreshAccount) -> None:
    table = account.clients.create_lock_table(account.name("locks"))
    body = f'{{"TableName":"{table}","Key":{{"LockID":{{"S":"b/k"}}}}}}'
    scope = f"{account.id}/20260101/us-east-1/dynamodb/aws4_request"
    request = (
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\n"
        f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    address = urlsplit(account.sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        firsts = []
        for _ in range(ANSWERS):
            connection.sendall(request.encode())
            firsts.append(connection.recv(65_536))
    assert {first.partition(b"\r\n\r\n")[2] for first in firsts} == {b"{}"}
