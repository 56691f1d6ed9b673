"""Fleets with a declaration: the bucket of the code is that of the declared backend `dev` unless a test says otherwise."""

from dataclasses import replace

from holdfast.core.components import components_of
from holdfast.core.declaration import Declaration, NamingPatterns
from holdfast.core.fleet import Fleet
from holdfast.core.generated import ComparedFile
from holdfast.core.repository import LiteralValue, Place, Root, SetupModule
from tests.core.declarations import declaration, pattern
from tests.rules.fleets import fleet, root

LAYOUT = "infrastructure/{platform}/{component}/{environment}"
NETWORK = "platform=azure component=network environment=dev"
NETWORK_ROOT = "infrastructure/azure/network/dev"
NETWORK_KEY = "azure/network/dev/terraform.tfstate"
BUCKET = "msdp-terraform-state-dev"
TABLE = "msdp-terraform-locks-dev"


def declared(*components: str, roots: tuple[str, ...] = (LAYOUT,)) -> Declaration:
    """Return the declaration of the shared-table fleet, with these components."""
    made = declaration(*components, environments={"dev": "dev"}, roots=roots)
    naming = replace(
        made.naming,
        bucket=pattern("{organization}-terraform-state-{account}"),
        lock_table=pattern("{organization}-terraform-locks-{account}"),
    )
    accounts = tuple(each.account for each in made.backends)
    return replace(made, naming=naming, accounts=accounts)


def undecided() -> Declaration:
    """Return a declaration that says nothing but which backends there are."""
    return replace(declared(roots=()), naming=NamingPatterns())


def state_root(path: str = NETWORK_ROOT, **settings: LiteralValue) -> Root:
    """Return a root that uses the bucket and table of the backend `dev`, with these settings changed."""
    return root(
        path,
        settings={
            "bucket": BUCKET,
            "key": NETWORK_KEY,
            "region": "eu-west-1",
            "dynamodb_table": TABLE,
            **settings,
        },
    )


def setup_module(path: str) -> SetupModule:
    """Return a setup module that keeps its own state in a bucket."""
    return SetupModule(
        path=path,
        place=Place.LIVE,
        creations=(),
        files=(f"{path}/main.tf",),
        backend_type="s3",
        region=None,
    )


def declared_fleet(
    *roots: Root,
    declaration: Declaration | None = None,
    generated: tuple[ComparedFile, ...] = (),
    setup_modules: tuple[SetupModule, ...] = (),
) -> Fleet:
    """Return the fleet of these roots and a declaration, that of the shared-table fleet by default."""
    made = declaration or declared()
    paths = [each.path for each in roots if each.place is Place.LIVE]
    return replace(
        fleet(*roots, declaration=made, setup_modules=setup_modules),
        components=components_of(made, paths),
        generated=generated,
    )
