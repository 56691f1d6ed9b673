"""A lock costs as many requests as Terraform's own: counted at the proxy, for a whole run of each."""

from collections import Counter
from pathlib import Path

import pytest

from holdfast.core.backends import Locking
from tests.app.lock.holding import MODES, lock_of
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site

ARGUMENTS = {
    Locking.LOCKFILE: "use_lockfile = true",
    Locking.DYNAMODB: 'dynamodb_table = "{table}"',
    Locking.BOTH: 'use_lockfile = true\n    dynamodb_table = "{table}"',
}
OBJECT_COST = Counter({"s3:PutObject": 1, "s3:GetObject": 1, "s3:DeleteObject": 1})
ITEM_COST = Counter({"dynamodb:PutItem": 1, "dynamodb:GetItem": 1, "dynamodb:DeleteItem": 1})
COST = {
    Locking.LOCKFILE: OBJECT_COST,
    Locking.DYNAMODB: ITEM_COST,
    Locking.BOTH: OBJECT_COST + ITEM_COST,
}


def lock_requests(proxy: FaultProxy, place: Site) -> Counter[str]:
    """Count the requests on the lock itself: not those on the state or on its digest."""
    return Counter(each.operation for each in proxy.requests() if is_on_lock(each, place))


def is_on_lock(request: Request, place: Site) -> bool:
    if request.operation.startswith("dynamodb:"):
        return f'"{place.bucket}/{KEY}"' in request.body.decode()
    return request.key == f"{KEY}.tflock"


def terraform_cost(place: Site, proxy: FaultProxy, mode: Locking, directory: Path) -> Counter[str]:
    """Return what one apply of real Terraform asks of the lock."""
    argument = ARGUMENTS[mode].format(table=place.table)
    (directory / "main.tf").write_text(
        f"""terraform {{
  backend "s3" {{
    bucket = "{place.bucket}"
    key    = "{KEY}"
    region = "us-east-1"
    {argument}
  }}
}}
""",
        encoding="utf-8",
    )
    account: FreshAccount = place.account
    terraform = account.terraform(directory, through=proxy.url)
    terraform.succeed("init", "-input=false", "-no-color")
    proxy.forget()
    terraform.succeed("apply", "-auto-approve", "-input=false", "-no-color")
    return lock_requests(proxy, place)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_taking_and_giving_back_costs_what_it_costs_terraform(
    faulty: Site, fault_proxy: FaultProxy, mode: Locking, tmp_path: Path
) -> None:
    theirs = terraform_cost(faulty, fault_proxy, mode, tmp_path)
    fault_proxy.forget()
    with lock_of(faulty, mode):
        pass
    ours = lock_requests(fault_proxy, faulty)
    assert ours == theirs == COST[mode]
    assert sum(fault_proxy.counts().values()) == sum(ours.values())
