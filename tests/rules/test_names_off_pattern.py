from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.names_off_pattern import ADVICE, names_off_pattern
from tests.rules.declared_fleets import declared_fleet, state_root, undecided
from tests.rules.fleets import fleet, hits

OLD = "infrastructure/addons/aws-dev"
OLD_ROOT = state_root(OLD, bucket="msdp-terraform-state", dynamodb_table="msdp-terraform-locks")


def test_a_backend_under_its_declared_name_is_fine() -> None:
    assert hits(names_off_pattern, code=declared_fleet(state_root())) == ()


def test_names_that_the_pattern_could_give_are_fine() -> None:
    arn = "arn:aws:dynamodb:eu-west-1:111111111111:table/msdp-terraform-locks-dev"
    assert hits(names_off_pattern, code=declared_fleet(state_root(dynamodb_table=arn))) == ()


def test_without_patterns_or_a_declaration_there_is_nothing_to_say() -> None:
    assert hits(names_off_pattern, code=fleet(OLD_ROOT)) == ()
    assert hits(names_off_pattern, code=declared_fleet(OLD_ROOT, declaration=undecided())) == ()


def test_a_declared_backend_keeps_the_name_it_was_adopted_under() -> None:
    code = declared_fleet(state_root(dynamodb_table="something-else"))
    assert hits(names_off_pattern, code=code) == ()


def test_the_bucket_and_the_table_of_an_old_root_lack_the_account() -> None:
    bucket = "{organization}-terraform-state-{account}"
    table = "{organization}-terraform-locks-{account}"
    pattern_place = SourceSpan("holdfast.yaml")
    assert hits(names_off_pattern, code=declared_fleet(OLD_ROOT)) == (
        Hit(
            message=f"`msdp-terraform-state` is off the pattern `{bucket}`: it has no `{{account}}`",
            evidence=(
                Evidence(
                    label="root",
                    text=f"`{OLD}`: `msdp-terraform-state`",
                    span=SourceSpan(f"{OLD}/backend.tf", 3, 5),
                ),
                Evidence(label="pattern", text=f"naming.bucket: `{bucket}`", span=pattern_place),
            ),
            advice=ADVICE,
            subject=OLD,
            backend="msdp-terraform-state",
        ),
        Hit(
            message=f"`msdp-terraform-locks` is off the pattern `{table}`: it has no `{{account}}`",
            evidence=(
                Evidence(
                    label="root",
                    text=f"`{OLD}`: `msdp-terraform-locks`",
                    span=SourceSpan(f"{OLD}/backend.tf", 6, 5),
                ),
                Evidence(label="pattern", text=f"naming.lock_table: `{table}`", span=pattern_place),
            ),
            advice=ADVICE,
            subject=OLD,
            backend="msdp-terraform-state",
        ),
    )


def test_an_account_that_is_not_declared_is_off_the_pattern() -> None:
    other = state_root(bucket="msdp-terraform-state-prd", dynamodb_table="msdp-terraform-locks-dev")
    (hit,) = hits(names_off_pattern, code=declared_fleet(other))
    assert hit.message == (
        "`msdp-terraform-state-prd` is off the pattern `{organization}-terraform-state-{account}`"
    )
