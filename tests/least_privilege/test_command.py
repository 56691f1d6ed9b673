"""What `holdfast generate iam` writes for a root is the policy that the proof is about."""

import json

import pytest

from holdfast.generate.iam_roles import Role
from tests.least_privilege.cases import new_case
from tests.least_privilege.examples import MODES
from tests.least_privilege.removals import moved_key, policy
from tests.least_privilege.sites import Mode
from tests.least_privilege.test_policies import SiteOf


@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("role", [Role.UNLOCK, Role.REPAIR, Role.MOVE])
def test_the_command_writes_the_policy_of_the_proof(
    site_of: SiteOf, role: Role, mode: Mode
) -> None:
    site = site_of(mode)
    case = new_case(site)
    case.write_backend()
    places = (case.key, moved_key(case.key)) if role is Role.MOVE else (case.key,)
    found = case.holdfast(
        *("generate", "iam", *places, "--role", role.value, "--workspaces"),
        *("--account", site.account.id, "--table-key", f"{site.table}=none"),
    )
    assert (found.status, found.errors) == (0, "")
    whole = policy(role, site.scope(case.key))
    assert json.loads(found.output) == json.loads(json.dumps(whole.document))
