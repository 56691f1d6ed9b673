"""The generated policies are enough for what they are for, and nothing in them is superfluous.

Real Terraform, and Holdfast for breaking locks, work through a gate that evaluates the policy as IAM does.
"""

from collections.abc import Callable

from tests.least_privilege.cases import new_case
from tests.least_privilege.examples import Granted, Lack
from tests.least_privilege.removals import documents, policy, without
from tests.least_privilege.sites import Mode, Site
from tests.least_privilege.state_verbs import is_about_another
from tests.least_privilege.tables import Seen

SiteOf = Callable[[Mode], Site]
Note = Callable[[Seen], None]


def test_the_policy_is_enough(grant: Granted, site_of: SiteOf, note: Note) -> None:
    site = site_of(grant.mode)
    case = new_case(site)
    site.gate.grant(documents(policy(grant.role, site.scope(case.key))))
    outcome = grant.verb.attempt(case)
    note(Seen(role=grant.role.value, mode=str(grant.mode), verb=grant.verb.name, outcome=outcome))
    assert outcome == ""
    # An alias is a nicety: Holdfast shows it where it may. `states check` looks at the states of other cases too.
    refused = [each for each in site.gate.refused if each.action != "iam:ListAccountAliases"]
    assert [each for each in refused if not is_about_another(case.key, each.resource)] == []


def test_without_any_part_something_fails(lack: Lack, site_of: SiteOf, note: Note) -> None:
    site = site_of(lack.mode)
    outcomes = {}
    for verb in lack.verbs:
        case = new_case(site)
        whole = policy(lack.role, site.scope(case.key))
        site.gate.grant(documents(without(whole, lack.removal, case.key)))
        outcomes[verb.name] = verb.attempt(case)
        note(
            Seen(
                role=lack.role.value,
                mode=str(lack.mode),
                verb=verb.name,
                outcome=outcomes[verb.name],
                removed=str(lack.removal),
            )
        )
    assert any(outcomes.values()), outcomes
