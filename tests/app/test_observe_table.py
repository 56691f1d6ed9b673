"""A lock table that is not where the code says: found in the fleet, found by asking all, or not known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from holdfast.app.observe import observe_backends
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.cloud import ObservedBackend, ObservedTable, TableAbsent
from holdfast.core.facts import Known, Reason, Withheld
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Refuse, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to, backend_of, use_credentials


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1) as opened:
        yield opened


@pytest.fixture
def member(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> FreshAccount:
    use_credentials(monkeypatch, account.id)
    return account


@pytest.fixture
def backend(member: FreshAccount, fault_proxy: FaultProxy) -> Backend:
    """A backend in us-east-1 with a bucket and no table."""
    bucket = member.clients.create_bucket(member.name("observed"))
    return backend_of(bucket=bucket, access=access_to(fault_proxy.url))


def observe(connections: Connections, *backends: Backend) -> tuple[ObservedBackend, ...]:
    return observe_backends(backends, connections=connections)


def test_a_table_of_the_fleets_other_region_is_found_without_a_search(
    connections: Connections, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    access = access_to(fault_proxy.url)
    member.clients.create_lock_table("locks", region="eu-west-1")
    east = backend_of(
        bucket=member.clients.create_bucket(member.name("east")), table="locks", access=access
    )
    west = backend_of(
        bucket=member.clients.create_bucket(member.name("west"), region="eu-west-1"),
        region="eu-west-1",
        table="locks",
        access=access,
    )

    first, second = observe(connections, east, west)

    assert first.tables == (
        ObservedTable(
            name="locks",
            presence=Known(TableAbsent(name="locks", elsewhere=Known(("eu-west-1",)))),
        ),
    )
    assert "TableAbsent" not in repr(second.tables)
    assert fault_proxy.counts()["dynamodb:DescribeTable"] == 2


def test_a_table_of_a_region_that_nobody_names_is_found_by_asking_all(
    connections: Connections, backend: Backend, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    member.clients.create_lock_table("lost", region="ap-southeast-2")
    lost = backend_of(bucket=backend.bucket, table="lost", access=backend.access)
    nowhere = backend_of(bucket=backend.bucket, table="nowhere", access=backend.access)

    observed = observe(connections, lost, nowhere)

    assert [each.tables[0].presence for each in observed] == [
        Known(TableAbsent(name="lost", elsewhere=Known(("ap-southeast-2",)))),
        Known(TableAbsent(name="nowhere", elsewhere=Known(()))),
    ]
    regions = connections.regions_of_partition("us-east-1")
    assert fault_proxy.counts()["dynamodb:DescribeTable"] == 2 * len(regions)


def signed_for(region: str, *, table: str) -> Rule:
    """Return a rule that refuses one region, as a policy on regions does."""
    return Rule(
        action=Refuse(code="AccessDeniedException", status=400, message="explicit deny"),
        operation="dynamodb:DescribeTable",
        when=lambda request: (
            f"/{region}/dynamodb/" in request.headers["authorization"]
            and table.encode() in request.body
        ),
    )


def test_a_region_that_refuses_leaves_the_rest_of_the_search_unknown_unless_it_is_found(
    connections: Connections, backend: Backend, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    member.clients.create_lock_table("found", region="ap-southeast-2")
    fault_proxy.add(signed_for("eu-north-1", table="found"))
    fault_proxy.add(signed_for("eu-north-1", table="nowhere"))
    off = Refuse(code="UnrecognizedClientException", status=400)
    fault_proxy.add(
        Rule(
            action=off,
            when=lambda request: "/me-south-1/" in request.headers.get("authorization", ""),
        )
    )
    backends = [
        backend_of(bucket=backend.bucket, table=table, access=backend.access)
        for table in ("found", "nowhere")
    ]

    observed = observe(connections, *backends)

    assert [each.tables[0].presence for each in observed] == [
        Known(TableAbsent(name="found", elsewhere=Known(("ap-southeast-2",)))),
        Known(
            TableAbsent(
                name="nowhere",
                elsewhere=Withheld(
                    reason=Reason.PERMISSION,
                    permission="dynamodb:DescribeTable",
                    detail="eu-north-1: AccessDeniedException: explicit deny",
                ),
            )
        ),
    ]


# Many tables ------------------------------------------------------------------------------------


def many(backend: Backend, *tables: str) -> tuple[Backend, ...]:
    return tuple(
        replace(backend, name=f"{number}", tables=(table,)) for number, table in enumerate(tables)
    )


MISSING = ("one", "two", "three", "lost")


def elsewhere(observed: Sequence[ObservedBackend]) -> list[object]:
    """Return where the one table of each backend was found, or why that is not known."""
    found: list[object] = []
    for each in observed:
        (table,) = each.tables
        assert isinstance(table.presence, Known)
        assert isinstance(table.presence.value, TableAbsent)
        assert table.presence.value.name == table.name
        place = table.presence.value.elsewhere
        found.append(place.value if isinstance(place, Known) else place)
    return found


def test_many_tables_are_looked_for_by_one_listing_of_each_region(
    connections: Connections, backend: Backend, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    member.clients.create_lock_table("lost", region="ap-southeast-2")
    backends = many(backend, *MISSING, *(f"more-{number}" for number in range(46)), "lost")
    complete: list[str] = []
    observed = observe_backends(
        backends, connections=connections, on_progress=lambda each: complete.append(each.name)
    )
    found = ("ap-southeast-2",)
    assert elsewhere(observed) == [(), (), (), found, *[()] * 46, found]
    regions = connections.regions_of_partition("us-east-1")
    counts = fault_proxy.counts()
    assert (
        counts["dynamodb:DescribeTable"] == 50
    )  # `lost` is one table, though two backends name it
    assert counts["dynamodb:ListTables"] == len(regions) - 1
    assert sum(each.requests for each in observed) == connections.requests
    # Each backend is told once, when its search is over.
    assert sorted(complete) == sorted(each.name for each in backends)


def test_a_listing_of_the_fleets_own_regions_comes_first(
    connections: Connections, backend: Backend, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    for table in MISSING:
        member.clients.create_lock_table(table, region="eu-west-1")
    other = replace(backend, region="eu-west-1", tables=())
    *observed, _ = observe(connections, *many(backend, *MISSING), other)
    assert elsewhere(observed) == [("eu-west-1",)] * 4
    assert fault_proxy.counts()["dynamodb:ListTables"] == 1


def test_a_region_whose_tables_may_not_be_listed_is_not_known_unless_the_table_is_found(
    connections: Connections, backend: Backend, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    member.clients.create_lock_table("lost", region="ap-southeast-2")
    fault_proxy.add(replace(signed_for("eu-north-1", table=""), operation="dynamodb:ListTables"))
    off = Refuse(code="UnrecognizedClientException", status=400)
    fault_proxy.add(
        Rule(
            action=off,
            when=lambda request: "/me-south-1/" in request.headers.get("authorization", ""),
        )
    )
    refused = Withheld(
        reason=Reason.PERMISSION,
        permission="dynamodb:ListTables",
        detail="eu-north-1: AccessDeniedException: explicit deny",
    )
    observed = observe(connections, *many(backend, *MISSING))
    assert elsewhere(observed) == [refused, refused, refused, ("ap-southeast-2",)]


def test_a_region_with_more_tables_than_are_listed_is_not_known_unless_the_table_is_among_them(
    connections: Connections, backend: Backend, fault_proxy: FaultProxy
) -> None:
    def page(request: Request) -> bool:
        return "/eu-north-1/" in request.headers["authorization"]

    endless = Response(
        status=200,
        headers={"Content-Type": "application/x-amz-json-1.0"},
        body=b'{"TableNames": ["other", "lost"], "LastEvaluatedTableName": "other"}',
    )
    for number in range(12):  # the paginator ends when two pages end alike
        body = endless.body.replace(b'": "other"', b'": "other-%d"' % number)
        fault_proxy.add(
            Rule(
                action=Answer(response=replace(endless, body=body)),
                operation="dynamodb:ListTables",
                when=page,
                times=1,
            )
        )
    observed = observe(connections, *many(backend, *MISSING))
    unread = Withheld(
        reason=Reason.NOT_ASKED,
        detail="eu-north-1: more tables are there than the 2 that were listed",
    )
    assert elsewhere(observed) == [unread, unread, unread, ("eu-north-1",)]
    regions = connections.regions_of_partition("us-east-1")
    assert fault_proxy.counts()["dynamodb:ListTables"] == len(regions) - 2 + 10


def test_a_few_missing_tables_among_many_are_asked_for_by_name(
    connections: Connections, backend: Backend, member: FreshAccount, fault_proxy: FaultProxy
) -> None:
    there = [member.clients.create_lock_table(f"there-{number}") for number in range(5)]
    observed = observe(connections, *many(backend, *there, "one", "two", "three"))
    assert elsewhere(observed[5:]) == [(), (), ()]
    regions = connections.regions_of_partition("us-east-1")
    assert fault_proxy.counts()["dynamodb:DescribeTable"] == 5 + 3 * len(regions)
    assert "dynamodb:ListTables" not in fault_proxy.counts()


def test_a_table_without_a_region_is_not_looked_for(
    connections: Connections, backend: Backend, fault_proxy: FaultProxy
) -> None:
    nowhere = backend_of(bucket=backend.bucket, region=None, table="locks", access=backend.access)

    (observed,) = observe(connections, nowhere)

    assert observed.tables[0].presence == Withheld(
        reason=Reason.NOT_ASKED, detail="the backend names no region"
    )
    assert observed.region == "us-east-1"
    assert "dynamodb:DescribeTable" not in fault_proxy.counts()


def test_a_table_of_a_store_with_regions_of_its_own_is_not_searched_for(
    connections: Connections, backend: Backend, fault_proxy: FaultProxy
) -> None:
    local = backend_of(
        bucket=backend.bucket, region="local", table="nowhere", access=backend.access
    )

    (observed,) = observe(connections, local)

    assert observed.tables[0].presence == Known(TableAbsent(name="nowhere", elsewhere=Known(())))
    assert fault_proxy.counts()["dynamodb:DescribeTable"] == 1


def test_a_table_is_not_looked_for_where_nobody_wants_to_know(
    connections: Connections, backend: Backend, fault_proxy: FaultProxy
) -> None:
    nowhere = backend_of(bucket=backend.bucket, table="nowhere", access=backend.access)

    (observed,) = observe_backends([nowhere], connections=connections, search_tables=False)

    not_asked = Withheld(reason=Reason.NOT_ASKED, detail="other regions were not asked")
    assert observed.tables[0].presence == Known(TableAbsent(name="nowhere", elsewhere=not_asked))
    assert fault_proxy.counts()["dynamodb:DescribeTable"] == 1


@pytest.mark.parametrize("table", ["locks", "nowhere"])
def test_a_table_of_another_account_says_nothing_about_the_backend(
    connections: Connections, backend: Backend, member: FreshAccount, table: str
) -> None:
    member.clients.create_lock_table("locks")
    misplaced = replace(backend, tables=(table,), account="999999999999")
    (observed,) = observe(connections, misplaced)
    detail = f"the credentials are of account {member.id}, not 999999999999"
    assert observed.tables == (
        ObservedTable(name=table, presence=Withheld(reason=Reason.NOT_ASKED, detail=detail)),
    )


def test_a_table_that_is_named_by_its_arn_may_be_of_any_account(
    connections: Connections, backend: Backend, member: FreshAccount
) -> None:
    member.clients.create_lock_table("locks")
    arn = f"arn:aws:dynamodb:us-east-1:{member.id}:table/locks"
    (observed,) = observe(connections, replace(backend, tables=(arn,), account="999999999999"))
    assert isinstance(observed.tables[0].presence, Known)
