import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.generate.ci_targets import (
    Purpose,
    audit_commands,
    file_stems,
    init_command,
    role_variable,
    state_group,
)
from tests.generate.ci_pipelines import target

GROUP = re.compile(r"(?!/)[A-Za-z0-9 ./_${}-]{1,255}(?<!/)")  # GitLab, `resource_group`


def test_a_group_is_named_after_the_state() -> None:
    bucket, key = "msdp-terraform-state-dev", "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate"
    assert state_group(bucket, key) == f"tfstate/{bucket}/{key}"


@given(st.text(min_size=1, max_size=1024))
def test_every_key_has_a_group_that_all_systems_allow(key: str) -> None:
    assert GROUP.fullmatch(state_group("bucket", key))


@pytest.mark.parametrize(
    ("one", "other"),
    [("env:/a", "env!/a"), ("a" * 300, "a" * 301), ("a/", "a"), ("é", "è"), ("a b", "a-b")],
)
def test_states_whose_names_look_alike_have_groups_of_their_own(one: str, other: str) -> None:
    assert state_group("bucket", one) != state_group("bucket", other)


def test_files_are_named_after_the_components_and_never_alike() -> None:
    targets = (
        target(name="azure/aks"),
        target(name="network", key="a"),
        target(name="Network", key="b"),
    )
    assert file_stems(targets) == (
        "terraform-azure-aks",
        "terraform-network-824987ce",
        "terraform-Network-1b1ebad7",
    )


def test_variables_of_roles_are_names_that_shells_accept() -> None:
    assert role_variable(Purpose.PLAN, target(account_name="dev.eu-1")) == "AWS_PLAN_ROLE_DEV_EU_1"


def test_paths_are_quoted_for_the_shell() -> None:
    odd = target(root="a b", backend="x y", init_arguments=("-backend-config=a b.hcl",))
    assert init_command(odd) == "terraform init -input=false '-backend-config=a b.hcl'"
    assert audit_commands(odd) == (
        "holdfast audit --offline --backend 'x y'",
        "holdfast generate backend 'a b' --check",
    )
