"""The setup module of a backend in our own structure: the same files with the same names for each. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Encryption
from holdfast.core.generated import MARK, GeneratedFile
from holdfast.core.standings import Ready, standing
from holdfast.core.step_dangers import danger_of
from holdfast.core.step_words import words_of
from holdfast.core.steps import Danger
from holdfast.generate.hcl_blocks import (
    HclAttribute,
    HclBlock,
    HclExpression,
    HclItem,
    HclValue,
    hcl_comment,
    hcl_text,
)
from holdfast.generate.setup_existing import (
    BUCKET_TYPE,
    ENCRYPTION_TYPE,
    LIFECYCLE_TYPE,
    OWNERSHIP_TYPE,
    POLICY_TYPE,
    PUBLIC_ACCESS_TYPE,
    TABLE_TYPE,
    VERSIONING_TYPE,
    existing,
)
from holdfast.generate.setup_module_imports import imports_text
from holdfast.generate.setup_module_main import (
    BUCKET_LABEL,
    TABLE_LABEL,
    main_text,
)
from holdfast.generate.setup_module_readme import readme_text
from holdfast.generate.setup_settings import SetupSettings

# `import` blocks came with Terraform 1.5; every OpenTofu has them.
REQUIRED_VERSION = ">= 1.5"
PROVIDER_SOURCE = "hashicorp/aws"
PROVIDER_VERSION = "~> 6.0"
# `bucket_namespace` came with 6.37 of the provider.
PROVIDER_VERSION_WITH_NAMESPACE = "~> 6.37"
HEADER = hcl_comment(f"{MARK}: `holdfast generate setup`.")
BUCKET_PARTS = (
    BUCKET_TYPE,
    PUBLIC_ACCESS_TYPE,
    VERSIONING_TYPE,
    ENCRYPTION_TYPE,
    OWNERSHIP_TYPE,
    POLICY_TYPE,
    LIFECYCLE_TYPE,
)


def setup_module_files(
    settings: SetupSettings, directory: str, *, provider_version: str | None = None
) -> tuple[GeneratedFile, ...]:
    """Return the files of the module in `directory`; `provider_version` is what other modules pin."""
    main = main_text(settings, HEADER)
    addresses = {kind: f"{kind}.{BUCKET_LABEL}" for kind in BUCKET_PARTS}
    addresses[TABLE_TYPE] = f"{TABLE_TYPE}.{TABLE_LABEL}"
    # A setting that is left alone is no resource of the module, and cannot be imported into it.
    addresses = {
        kind: address for kind, address in addresses.items() if f'resource "{kind}"' in main
    }
    texts = {
        "versions.tf": _versions_text(settings, provider_version),
        "variables.tf": _variables_text(settings),
        "main.tf": main,
        "outputs.tf": _outputs_text(settings),
        "imports.tf": imports_text(
            existing(settings),
            addresses,
            HEADER,
            bucket=settings.bucket,
            cautions=tuple(_cautions(settings)),
        ),
        "README.md": readme_text(settings),
    }
    return tuple(
        GeneratedFile(path=f"{directory}/{name}".removeprefix("./"), text=text)
        for name, text in texts.items()
    )


def _cautions(settings: SetupSettings) -> Iterator[str]:
    """Yield what the module changes of a bucket that is there and a person should agree to."""
    if settings.observed is None or not settings.exists:
        return
    for step in settings.bucket_steps:
        is_ready = isinstance(standing(step, settings.observed), Ready)
        if is_ready and danger_of(step, settings.observed) is not Danger.SAFE:
            words = words_of(step)
            yield f"{words.summary}: {words.caution}"


def _versions_text(settings: SetupSettings, provider_version: str | None) -> str:
    version = provider_version or PROVIDER_VERSION
    if settings.account_regional:
        version = PROVIDER_VERSION_WITH_NAMESPACE
    elif isinstance(settings.encryption, Encryption) and settings.encryption.blocked_types:
        version = PROVIDER_VERSION  # what others pin may be too old for `blocked_encryption_types`
    aws: dict[str, HclValue] = {"source": PROVIDER_SOURCE, "version": version}
    providers = HclBlock("required_providers", (), (HclAttribute("aws", aws),))
    provider: list[HclItem] = [HclAttribute("region", HclExpression("var.region"))]
    if settings.account is not None:
        # Terraform stops before it changes anything in another account.
        provider.append(HclAttribute("allowed_account_ids", [settings.account]))
    return f"{HEADER}\n\n" + hcl_text(
        (
            HclBlock(
                "terraform",
                (),
                (HclAttribute("required_version", REQUIRED_VERSION), providers),
            ),
            HclBlock("provider", ("aws",), tuple(provider)),
        )
    )


def _variables_text(settings: SetupSettings) -> str:
    variables = [
        _variable("region", "Region of the bucket and the lock table.", settings.region),
        _variable("bucket", "Name of the bucket that holds the states.", settings.bucket),
    ]
    if settings.table is not None:
        variables.append(
            _variable("lock_table", "Name of the table that holds the locks.", settings.table.name)
        )
    if settings.kms_key is not None:
        variables.append(
            _variable("kms_key_arn", "Key that encrypts the states.", settings.kms_key)
        )
    tags: HclValue = dict(settings.tags)
    variables.append(
        _variable("tags", "Tags of everything in this module.", tags, kind="map(string)")
    )
    return f"{HEADER}\n\n" + hcl_text(variables)


def _variable(name: str, description: str, default: HclValue, *, kind: str = "string") -> HclBlock:
    return HclBlock(
        "variable",
        (name,),
        (
            HclAttribute("description", description),
            HclAttribute("type", HclExpression(kind)),
            HclAttribute("default", default),
        ),
    )


def _outputs_text(settings: SetupSettings) -> str:
    outputs = [
        _output("bucket", "Name of the bucket.", f"{BUCKET_TYPE}.{BUCKET_LABEL}.bucket"),
        _output("bucket_arn", "ARN of the bucket.", f"{BUCKET_TYPE}.{BUCKET_LABEL}.arn"),
    ]
    if settings.table is not None:
        address = f"{TABLE_TYPE}.{TABLE_LABEL}"
        outputs += [
            _output("lock_table", "Name of the lock table.", f"{address}.name"),
            _output("lock_table_arn", "ARN of the lock table.", f"{address}.arn"),
        ]
    return f"{HEADER}\n\n" + hcl_text(outputs)


def _output(name: str, description: str, expression: str) -> HclBlock:
    return HclBlock(
        "output",
        (name,),
        (
            HclAttribute("description", description),
            HclAttribute("value", HclExpression(expression)),
        ),
    )
