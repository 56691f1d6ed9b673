"""How a setup module is applied for the first time: its `README.md`. Pure."""

from __future__ import annotations

from holdfast.core.generated import MARK
from holdfast.generate.setup_settings import SetupSettings

TEXT = """\
<!-- {mark}: `holdfast generate setup`. -->

# State backend `{backend}`

This module owns {what}
in {region}.{account}{like}

## The first time

A bucket cannot hold the state of the code that creates it before it is there. So there are two steps:

1. Create it, with the state on the local disk:

   ```sh
   terraform init
   terraform plan -out=setup.tfplan
   terraform apply setup.tfplan
   ```

   The plan imports what `imports.tf` names and creates the rest; it must destroy and replace nothing. If apply
   stops with `BucketAlreadyOwnedByYou` or `ResourceInUseException`, something is there that the file does not
   name: add an `import` block for it.

2. Keep `terraform.tfstate` where the team finds it: in this directory, committed, for it holds names and no
   secrets. Or move it into the bucket, now that there is one: add a `backend "s3"` block with a key of its
   own, and run `terraform init -migrate-state`.

`tofu` does the same as `terraform` in every line above.

## Afterwards

`holdfast audit` compares this code and the cloud, and `holdfast prove` shows that the locking excludes.
What carries `prevent_destroy` cannot be destroyed by Terraform: that takes a change of this code first.
"""


def readme_text(settings: SetupSettings, *, pattern: str | None = None) -> str:
    """Return the text of `README.md`; `pattern` is the module that this one follows."""
    table = settings.table
    owned = f"the bucket `{settings.bucket}`"
    account = f" It belongs to account {settings.account}." if settings.account else ""
    like = f"\nIt has the structure of `{pattern}`." if pattern is not None else ""
    return TEXT.format(
        mark=MARK,
        backend=settings.backend,
        what=owned if table is None else f"{owned} and the lock table `{table.name}`",
        region=settings.region,
        account=account,
        like=like,
    )
