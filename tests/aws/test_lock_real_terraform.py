"""Our locks are real Terraform's, and real Terraform's are ours: both kinds, both ways."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.locks import Acquired, Held, LockKind, Released, StoredLock
from tests.support.fixtures import FreshAccount
from tests.support.locking import KEY, Site, site
from tests.support.real_terraform import Terraform

ARGUMENTS = {LockKind.OBJECT: "use_lockfile = true", LockKind.ITEM: 'dynamodb_table = "{table}"'}

pytestmark = pytest.mark.parametrize("kind", list(LockKind), ids=lambda kind: kind.value)


@pytest.fixture
def place(member: FreshAccount, connections: Connections) -> Site:
    return site(member, connections)


@pytest.fixture
def terraform(place: Site, kind: LockKind, tmp_path: Path) -> Terraform:
    """An initialised root that locks in one kind of store."""
    argument = ARGUMENTS[kind].format(table=place.table)
    (tmp_path / "main.tf").write_text(
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
    engine = place.account.terraform(tmp_path)
    engine.succeed("init", "-input=false", "-no-color")
    return engine


def test_terraform_is_refused_by_our_lock_and_says_whose_it_is(
    place: Site, terraform: Terraform, kind: LockKind
) -> None:
    info = replace(place.sign(), info="freeze: <moving> & co", who="ann@laptop")
    lock = place.store(kind).acquire(KEY, info)
    assert isinstance(lock, Acquired)

    refused = terraform.run("plan", "-input=false", "-no-color")

    assert refused.status == 1
    assert "Error acquiring the state lock" in refused.errors
    for label, value in (
        ("ID", info.identifier),
        ("Path", lock_path(place.bucket, KEY)),
        ("Operation", "OperationTypeApply"),
        ("Who", "ann@laptop"),
        ("Version", "0.1.0"),
        ("Created", "2026-11-20 15:25:33.599739994 +0000 UTC"),
        ("Info", "freeze: <moving> & co"),
    ):
        assert re.search(rf"{label}: +{re.escape(value)}\s", refused.errors), refused.errors
    assert place.store(kind).release(KEY, lock.lock) == Released()
    terraform.succeed("plan", "-input=false", "-no-color")


def test_terraform_can_break_our_lock_by_its_id(
    place: Site, terraform: Terraform, kind: LockKind
) -> None:
    info = place.sign()
    assert isinstance(place.store(kind).acquire(KEY, info), Acquired)

    terraform.succeed("force-unlock", "-force", info.identifier)

    assert place.store(kind).read(KEY) == Known(None)


def test_we_are_refused_by_terraforms_lock_and_read_it_to_the_byte(
    place: Site, terraform: Terraform, kind: LockKind
) -> None:
    store = place.store(kind)
    with terraform.held_apply() as apply:
        outcome = store.acquire(KEY, place.sign())
        stored = stored_text(place, kind)
        assert apply.release().status == 0

    assert isinstance(outcome, Held)
    assert isinstance(outcome.holder, Known)
    holder: StoredLock = outcome.holder.value
    info = holder.content
    assert isinstance(info, LockInfo)
    assert info.text == stored
    assert (info.operation, info.path) == ("OperationTypeApply", lock_path(place.bucket, KEY))
    assert info.created_at is not None
    assert store.read(KEY) == Known(None)


def stored_text(place: Site, kind: LockKind) -> str:
    """Return what the store holds, without the code under test."""
    if kind is LockKind.OBJECT:
        s3 = place.account.clients.s3()
        return s3.get_object(Bucket=place.bucket, Key=f"{KEY}.tflock")["Body"].read().decode()
    item = place.account.clients.dynamodb().get_item(
        TableName=place.table, Key={"LockID": {"S": lock_path(place.bucket, KEY)}}
    )
    return item["Item"]["Info"]["S"]
