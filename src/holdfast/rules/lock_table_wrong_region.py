"""The lock table is in another region than its bucket's backend.

## What it checks
The region in the table's ARN, where the code gives one, and the region in `dynamodb_endpoint`, against the
region of the backend. A table that is named and is not there is the rule `lock-table-missing`.

## Why it matters
Nobody can lock in a table of another region, or, through an endpoint, some roots lock in a table in which others
do not. The engines sign requests to the table for the region of the backend, and an ARN of another one is refused.

## Fix
Use a table in the region of the backend. Change it in every root of the backend at once, while nobody applies:
two tables are two locks.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.backends import Backend
from holdfast.core.cloud import ObservedBackend
from holdfast.core.findings import Evidence, Hit, Severity, backend_rule
from holdfast.core.fleet import Fleet
from holdfast.core.lock_tables import (
    region_of_endpoint,
    region_of_table_name,
    uses_of_table,
)
from holdfast.core.use_evidence import only_root_of, use_evidence


@backend_rule(Severity.CRITICAL)
def lock_table_wrong_region(observed: ObservedBackend, fleet: Fleet) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Compare the regions that the code names for the table and for the backend."""
    backend = observed.backend
    if backend.region is None:
        return
    for name in backend.tables:
        region = region_of_table_name(name)
        if region is not None and region != backend.region:
            yield _hit(backend, name, f"is in {region}", f"its ARN names {region}")
        elif region is None:
            yield from _endpoint_hits(backend, name)


def _endpoint_hits(backend: Backend, name: str) -> Iterator[Hit]:
    endpoint = backend.access.endpoints.dynamodb
    region = region_of_endpoint(endpoint) if endpoint is not None else None
    if region is not None and region != backend.region:
        yield _hit(backend, name, f"is looked for in {region}", f"the endpoint is {endpoint}")


def _hit(backend: Backend, name: str, where: str, proof: str) -> Hit:
    uses = uses_of_table(backend, name)
    return Hit(
        message=f"lock table `{name}` {where}, and its backend is in {backend.region}",
        evidence=(
            Evidence(label="code", text=proof),
            *use_evidence(uses),
        ),
        advice=f"Use a lock table in {backend.region}, in every root of the backend at once.",
        subject=only_root_of(uses),
    )
