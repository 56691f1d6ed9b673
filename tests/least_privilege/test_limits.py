"""What a role cannot do, with real Terraform: write with a plan role, or touch another component."""

import pytest

from holdfast.core.permission_scope import NO_WORKSPACES
from holdfast.generate.iam_roles import Role
from tests.least_privilege.cases import Case, new_case
from tests.least_privilege.examples import BOTH
from tests.least_privilege.removals import documents, policy
from tests.least_privilege.sites import Site
from tests.least_privilege.test_policies import SiteOf
from tests.least_privilege.verbs import VERBS, Verb

WORKSPACE_WORDS = "workspace"
WRITES = ("apply", "workspace new", "apply in a workspace", "workspace delete")
# What a role without workspaces does, and what it is refused on the way: Terraform goes on without the list.
PLAIN = tuple(
    verb
    for verb in VERBS
    if Role.APPLY in verb.roles and WORKSPACE_WORDS not in verb.name and not verb.slow
)


@pytest.fixture
def site(site_of: SiteOf) -> Site:
    """The bucket and the table that are locked in both ways."""
    return site_of(BOTH)


@pytest.mark.parametrize(
    ("role", "name"),
    [(Role.PLAN_NO_LOCK, "apply"), *((Role.PLAN, name) for name in WRITES), (Role.UNLOCK, "apply")],
)
def test_only_an_apply_role_writes_states(site: Site, role: Role, name: str) -> None:
    case = new_case(site)
    site.gate.grant(documents(policy(role, site.scope(case.key))))
    (verb,) = (each for each in VERBS if each.name == name)
    assert verb.attempt(case) != ""
    assert case.serial(case.key) == 1
    assert case.digest_fits(case.key)


@pytest.mark.parametrize(
    "name", ["plan -lock=false", "plan", "apply", "workspace new", "force-unlock"]
)
def test_a_role_cannot_touch_another_component(site: Site, name: str) -> None:
    own, other = new_case(site), new_case(site)
    (verb,) = (each for each in VERBS if each.name == name)
    site.gate.grant(documents(policy(Role.APPLY, site.scope(own.key))))
    assert verb.attempt(other) != ""
    assert other.serial(other.key) == 1
    assert other.digest_fits(other.key)
    assert not other.has_workspace
    # The lock that was planted is where it was; a role that may not lock leaves none behind.
    assert bool(other.locks) is (name == "force-unlock")
    assert {each.resource.rpartition("/")[0] for each in site.gate.refused} <= {
        f"arn:aws:s3:::{site.bucket}/{other.key.partition('/')[0]}",
        f"arn:aws:s3:::{site.bucket}/env:/dev/{other.key.partition('/')[0]}",
        "arn:aws:dynamodb:us-east-1:" + f"{site.account.id}:table",
        "",
    }


@pytest.mark.parametrize("verb", PLAIN, ids=[verb.name for verb in PLAIN])
def test_without_workspaces_even_their_names_stay_hidden(site: Site, verb: Verb) -> None:
    case: Case = new_case(site)
    whole = policy(Role.APPLY, site.scope(case.key, workspaces=NO_WORKSPACES))
    site.gate.grant(documents(whole))
    assert verb.attempt(case) == ""
    refused = {(each.action, each.resource) for each in site.gate.refused}
    assert refused == {("s3:ListBucket", f"arn:aws:s3:::{site.bucket}")}
    assert not any("*" in resource for grant in whole.grants for resource in grant.resources)
