"""What patterns, environments and components must fit."""

from pathlib import Path

import pytest

from holdfast.core.components import components_of
from tests.declaration.files import declared, mistakes

FLEET = """\
version: 1
organization: msdp
accounts: {dev: {id: "111111111111"}, prod: {id: "222222222222"}}
backends:
  dev: {account: dev, region: eu-west-1, locking: lockfile, bucket: states-dev}
  prod: {account: prod, region: eu-west-1, locking: lockfile, bucket: states-prod}
environments: {dev: dev, staging: dev, prod: {eu-west-1: prod}}
"""
KEY = 'naming: {key: "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"}\n'
FIRST_LINE = FLEET.count("\n") + 1


def test_the_shared_table_is_said_by_its_patterns_and_components(tmp_path: Path) -> None:
    text = """
version: 1
organization: msdp
naming:
  bucket: "{organization}-terraform-state-{account}"
  lock_table: "{organization}-terraform-locks-{account}"
  key: "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"
accounts: {dev: {id: "111111111111"}}
backends: {dev: {account: dev, region: eu-west-1, locking: dynamodb}}
environments: {dev: dev}
components:
  - {platform: azure, component: network, environment: dev}
  - {platform: azure, component: aks, environment: dev, instance: aks-msdp-dev-01}
  - {platform: azure, component: addons, environment: dev}
"""
    found = components_of(declared(tmp_path, text))
    bucket, table = "msdp-terraform-state-dev", "msdp-terraform-locks-dev"
    assert [
        (each.backend.bucket, each.backend.table, each.key, each.pipeline)
        for each in found.components
    ] == [
        (bucket, table, "azure/network/dev/terraform.tfstate", "azure-network-dev"),
        (
            bucket,
            table,
            "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
            "azure-aks-dev-aks-msdp-dev-01",
        ),
        (bucket, table, "azure/addons/dev/terraform.tfstate", "azure-addons-dev"),
    ]
    assert found.mistakes == ()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            "components: [{component: a, environment: dev}]",
            ["8:14 there is no `naming.key`, so no component has a key"],
        ),
        (
            KEY + "components:\n"
            "  - {platform: azure, component: aks, environment: dev}\n"
            "  - {platform: azure, component: AKS, environment: dev}\n"
            "  - {platform: azure, component: aks, environment: staging}\n"
            "  - {component: aks, environment: dev, platform: azure}\n",
            [
                (
                    "11:5 component `azure/AKS/dev` has the key `azure/AKS/dev/terraform.tfstate`, and component"
                    " `azure/aks/dev` on line 10 has `azure/aks/dev/terraform.tfstate`: only upper and lower"
                    " case differ"
                ),
                (
                    "13:5 component `azure/aks/dev` has the key `azure/aks/dev/terraform.tfstate` of component"
                    " `azure/aks/dev` on line 10"
                ),
            ],
        ),
        (
            KEY + "fields: {platform: [azure, aws], environment: [dev, qa]}\n",
            ["9:53 `qa` is not one of `environments`: `staging`, `dev`, `prod`"],
        ),
        (
            KEY + "fields: {platform: [azure, aws]}\ncomponents:\n"
            "  - {platform: azrue, component: a, environment: stagin}\n"
            "  - {platform: aws, component: a, enviroment: dev}\n"
            "  - {platform: aws, component: .., environment: dev}\n"
            "  - {platform: aws, component: a, environment: prod, region: eu-west-2}\n"
            "  - {platform: aws, environment: dev}\n",
            [
                "11:16 component `azrue/a/stagin`: `azrue` is not a known `platform`; there are `azure`, `aws`",
                (
                    "11:50 component `azrue/a/stagin`: `stagin` is not a known `environment`; there are"
                    " `staging`, `dev`, `prod`"
                ),
                (
                    "12:35 component `aws/a/dev`: `enviroment` is not a field of the patterns `naming.key`,"
                    " `naming.pipeline` and `layout.roots`, nor of `fields`; there are `environment`,"
                    " `component`, `region`, `instance`, `backend`, `platform`"
                ),
                (
                    "13:5 component `aws/../dev`: its key `aws/../dev/terraform.tfstate` has the segment `..`,"
                    " which the engines resolve in workspace paths and S3 does not"
                ),
                (
                    "14:62 component `aws/a/prod/eu-west-2`: environment `prod` has no backend for region"
                    " `eu-west-2`; it has `eu-west-1`"
                ),
                "15:5 component `aws/dev`: `naming.key`: `component` has no value",
            ],
        ),
        (
            (
                "naming: {key: '{platfrom}/{component}[/{instnace}][/{stage}]', pipeline: '{owner}'}\n"
                "components: [{platform: azure, component: a, environment: dev}]"
            ),
            [
                "8:16 `naming.key`: no component has the field `platfrom`; did you mean `platform`?",
                "8:40 `naming.key`: no component has the field `instnace`; did you mean `instance`?",
                (
                    "8:75 `naming.pipeline`: no component has the field `owner`; there are `platform`,"
                    " `component`, `environment`, `region`, `organization`, `account`, `account_id`, `backend`,"
                    " `instance`"
                ),
            ],
        ),
        (
            "naming: {key: '/{component}//x'}\ncomponents: [{component: a, environment: dev}]",
            [
                "8:15 `naming.key`: every key that it gives begins with `/`, which Terraform refuses",
                (
                    "8:15 `naming.key`: every key that it gives holds `//`, which Terraform refuses and"
                    " OpenTofu cleans in workspace paths"
                ),
            ],
        ),
        (
            "naming: {key: 'env:/{component}.tflock'}",
            [
                (
                    "8:15 `naming.key`: every key that it gives begins with `env:/`, where the states of"
                    " workspaces are"
                ),
                ("8:15 `naming.key`: every key that it gives ends with `.tflock` as lock files do"),
                (
                    "8:15 `naming.key`: every key that it gives holds characters that are not safe everywhere:"
                    " `:`"
                ),
            ],
        ),
        (
            "layout: {setup: 'infrastructure/setup/{region}'}",
            [
                (
                    "8:17 `layout.setup` gives backend `dev` and backend `prod` one directory,"
                    " `infrastructure/setup/eu-west-1`"
                )
            ],
        ),
        (
            "layout: {setup: 'infrastructure/{account:code}'}",
            [
                (
                    "8:33 `layout.setup` of backend `dev`: `{account:code}` needs a region, and `account` is"
                    " `dev`"
                ),
                (
                    "8:33 `layout.setup` of backend `prod`: `{account:code}` needs a region, and `account` is"
                    " `prod`"
                ),
            ],
        ),
        (
            "naming: {key: '{a', pipeline: '{b:small}'}\ncomponents: [{a: b}]",
            [
                "8:16 `naming.key`: `{` is not closed",
                (
                    "8:32 `naming.pipeline`: `small` is not a filter; there are `{x:lower}`, `{x:20}` (at most"
                    " 20 characters), `{region:code}` and `{hash:8}`"
                ),
            ],
        ),
        (
            (
                "layout: {roots: ['{a}/{b', 'live/../{a}', '{a}'], setup: 'setup/{bakend}/{region}'}\n"
                "naming: {key: '{a}'}"
            ),
            [
                "8:23 entry 1 of `layout.roots`: `{` is not closed",
                "8:28 entry 2 of `layout.roots` leads out of the directory of this file with `..`",
                (
                    "8:65 `layout.setup`: `bakend` is not a field of a setup module; did you mean `backend`?"
                ),
            ],
        ),
    ],
)
def test_what_does_not_fit_together_is_told_at_its_place(
    tmp_path: Path, lines: str, found: list[str]
) -> None:
    assert FIRST_LINE == 8
    assert mistakes(tmp_path, FLEET + lines) == found


def test_an_environment_names_a_declared_backend(tmp_path: Path) -> None:
    text = FLEET.replace("dev: dev, staging: dev", "dev: dve, staging: {a: prod, b: prd}")
    assert mistakes(tmp_path, text) == [
        "7:21 environment `dev` names backend `dve`, which is not declared; the backends are `dev`, `prod`",
        "7:48 environment `staging` names backend `prd`, which is not declared; the backends are `prod`, `dev`",
    ]


def test_a_mistaken_backend_does_not_hide_the_mistakes_of_components(tmp_path: Path) -> None:
    text = FLEET.replace("bucket: states-dev", "bucket: x") + (
        "naming: {key: '{component}'}\n"
        "components: [{component: a, environment: dev}, {component: a, environment: staging}]"
    )
    assert mistakes(tmp_path, text) == [
        "5:69 `bucket` of backend `dev`: `x` has 1 characters, not 3 to 63",
        "9:48 component `a/staging` has the key `a` of component `a/dev` on line 9",
    ]


def test_a_mistake_of_what_components_need_is_not_told_for_each_of_them(tmp_path: Path) -> None:
    text = FLEET.replace("staging: dev", "staging: dve") + (
        "naming: {key: '{component}'}\ncomponents: [{component: a, environment: staging}]"
    )
    assert [each.split()[0] for each in mistakes(tmp_path, text)] == ["7:35"]


def test_five_thousand_components_are_one_after_the_other(tmp_path: Path) -> None:
    lines = "".join(
        f"  - {{platform: aws, component: service-{number}, environment: dev, instance: i-{number % 7}}}\n"
        for number in range(5_000)
    )
    found = components_of(declared(tmp_path, f"{FLEET}{KEY}components:\n{lines}"))
    assert found.mistakes == ()
    assert found.components[-1].key == "aws/service-4999/dev/i-1/terraform.tfstate"
    assert len(found.components) == 5_000
