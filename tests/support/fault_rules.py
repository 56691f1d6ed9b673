"""What a fault proxy may do to a request: which one is meant, and what befalls it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import assert_never
from xml.sax.saxutils import escape

from tests.support.aws_operations import Request
from tests.support.late_requests import Arrival

Predicate = Callable[[Request], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer as it goes over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Answer with an error of AWS, in the shape of the service's protocol; the server sees nothing."""

    code: str
    status: int
    message: str = "injected by a test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Answer with exactly this; the server sees nothing."""

    response: Response


@dataclass(frozen=True, slots=True)
class DropBefore:
    """Close the connection; the server sees nothing."""


@dataclass(frozen=True, slots=True)
class DropAfter:
    """Let the server act, and close the connection instead of passing its answer on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Wait before the server acts, and again before its answer is passed on."""

    before_seconds: float = 0
    after_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Late:
    """Close the connection, as a client sees it that gives up, and let the server act on `arrival`."""

    arrival: Arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutHeader:
    """Take a header off the request before the server sees it."""

    name: str


Action = Refuse | Answer | DropBefore | DropAfter | Delay | Late | WithoutHeader
Decision = Callable[[Request], Action | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An action for the requests that match everything that is given.

    `operation` is a shell pattern (`s3:Get*`); `path`, `body` and `amz_target` are searched as regular
    expressions. The first `skip` matches are let through, and the rule ends after `times` more.
    """

    action: Action
    operation: str = "*"
    method: str = ""
    path: str = ""
    amz_target: str = ""
    body: str = ""
    when: Predicate | None = None
    skip: int = 0
    times: int | None = None

    def matches(self, request: Request) -> bool:
        """Return whether the rule is meant for this request; counting is not the rule's business."""
        return (
            (self.operation == "*" or fnmatchcase(request.operation, self.operation))
            and self.method in ("", request.method)
            and re.search(self.path, request.target) is not None
            and re.search(self.amz_target, request.headers.get("x-amz-target", "")) is not None
            and re.search(self.body, request.body.decode("utf-8", errors="replace")) is not None
            and (self.when is None or self.when(request))
        )


@dataclass(slots=True)
class RuleBook:
    """Rules in order, and how often each has matched; the first one that applies wins.

    `decide` is asked about every request, once, and comes before them all.
    """

    rules: list[Rule] = field(default_factory=list)
    matched: list[int] = field(default_factory=list)
    decide: Decision | None = None

    def add(self, rule: Rule) -> None:
        """Put a rule after those that are there."""
        self.rules.append(rule)
        self.matched.append(0)

    def action_for(self, request: Request) -> Action | None:
        """Return what befalls the request, and count the match."""
        decided = self.decide(request) if self.decide is not None else None
        if decided is not None:
            return decided
        for index, rule in enumerate(self.rules):
            if not rule.matches(request):
                continue
            if rule.times is not None and self.matched[index] >= rule.skip + rule.times:
                continue
            self.matched[index] += 1
            if self.matched[index] > rule.skip:
                return rule.action
        return None


def access_denied(operation: str) -> Refuse:
    """Return the refusal of a caller whom no policy allows the operation."""
    service = operation.partition(":")[0]
    caller = "arn:aws:sts::111111111111:assumed-role/reader/test"
    code, status = (
        ("AccessDenied", 403)
        if service in ("iam", "s3", "s3control", "sts")
        else ("AccessDeniedException", 400)
    )
    words = (
        f"User: {caller} is not authorized to perform: {operation} "
        f"because no identity-based policy allows the {operation} action"
    )
    return Refuse(code=code, status=status, message=words)


def error_response(request: Request, refusal: Refuse) -> Response:
    """Return the refusal in the shape in which the request's service words its errors.

    S3: REST error responses. DynamoDB, KMS, Organizations: AWS JSON, the code in `__type`. STS and IAM: the
    Query protocol's `ErrorResponse`. HEAD never has a body.
    """
    code, message = refusal.code, refusal.message
    match request.protocol:
        case "s3":
            text = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
            kind = "application/xml"
        case "query":
            text = (
                f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
                f"<Message>{escape(message)}</Message></Error><RequestId>TEST</RequestId></ErrorResponse>"
            )
            kind = "text/xml"
        case "json":
            text = json.dumps({"__type": f"com.amazon.coral.service#{code}", "message": message})
            kind = "application/x-amz-json-1.0"
        case _:
            assert_never(request.protocol)
    return Response(
        status=refusal.status,
        headers={"Content-Type": kind, "x-amz-request-id": "TEST", "x-amzn-RequestId": "TEST"},
        body=b"" if request.method == "HEAD" else text.encode(),
    )
