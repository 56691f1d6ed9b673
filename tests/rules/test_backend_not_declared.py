from holdfast.core.backends import Access, Locking
from holdfast.core.declaration import Declaration, DeclaredAccount, DeclaredBackend
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.backend_not_declared import ADVICE, backend_not_declared
from tests.rules.fleets import ACCOUNT, BUCKET, REGION, TABLE, fleet, hits, root
from tests.rules.partial_files import settings

SPAN = SourceSpan("holdfast.yaml", 9, 3)
DECLARATION = Declaration(
    path="holdfast.yaml",
    backends=(
        DeclaredBackend(
            name="dev",
            account=DeclaredAccount(name="dev", account=ACCOUNT, access=Access(), span=SPAN),
            region=REGION,
            locking=Locking.DYNAMODB,
            bucket=BUCKET,
            table=TABLE,
            kms_key=None,
            account_regional=False,
            tags=(),
            span=SPAN,
        ),
    ),
)
OLD_ROOT = root("old", settings=settings(bucket="acme-terraform"))


def test_declared_backends_are_fine_whether_roots_use_them_or_not() -> None:
    assert hits(backend_not_declared, code=fleet(root("a"), declaration=DECLARATION)) == ()
    assert hits(backend_not_declared, code=fleet(declaration=DECLARATION)) == ()


def test_without_declared_backends_there_is_nothing_to_compare_with() -> None:
    assert hits(backend_not_declared, code=fleet(OLD_ROOT)) == ()
    bare = Declaration(path="holdfast.yaml")
    assert hits(backend_not_declared, code=fleet(OLD_ROOT, declaration=bare)) == ()


def test_a_backend_beside_the_declared_ones_is_named_with_its_roots() -> None:
    assert hits(backend_not_declared, code=fleet(root("a"), OLD_ROOT, declaration=DECLARATION)) == (
        Hit(
            message="`old` uses `acme-terraform`, which `holdfast.yaml` does not declare",
            evidence=(
                Evidence(label="root", text="`old`", span=SourceSpan("old/backend.tf", 3, 5)),
            ),
            advice=ADVICE,
            subject="old",
            backend="acme-terraform",
        ),
    )
