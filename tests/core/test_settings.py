"""Settings of roots, and the backend that each uses."""

from dataclasses import replace

from holdfast.core.backends import Access, Endpoints, Locking
from holdfast.core.repository import Certainty, Computed, Place
from holdfast.core.settings import backend_name, backend_of, certain_settings, settings_of
from tests.rules.fleets import BUCKET, backend, fleet, root
from tests.rules.partial_files import partial, partial_root, settings


def test_every_configuration_that_names_a_bucket_is_a_setting() -> None:
    code = fleet(
        partial_root("a", partial("a/dev.hcl", settings()), partial("a/open.hcl", {"key": "k"})),
        root("b"),
        root("examples/c", place=Place.EXAMPLE),
    )
    live = [(each.root.path, each.configuration.label) for each in settings_of(code.repository)]
    examples = [each.root.path for each in settings_of(code.repository, place=Place.EXAMPLE)]
    assert (live, examples) == ([("a", "a/dev.hcl"), ("b", "")], ["examples/c"])


def test_a_mode_that_hangs_on_an_expression_is_not_known() -> None:
    open_lock = settings(dynamodb_table=None) | {"use_lockfile": Computed("local.lock")}
    open_table = settings() | {"dynamodb_table": Computed("local.table")}
    code = fleet(
        partial_root("a", partial("a/a.hcl", open_lock)),
        partial_root("b", partial("b/b.hcl", open_table)),
    )
    assert [
        (each.locking, each.locking_known, each.table) for each in settings_of(code.repository)
    ] == [(Locking.NONE, False, None), (Locking.DYNAMODB, True, None)]


def test_a_setting_without_a_readable_key_is_no_use() -> None:
    code = fleet(partial_root("a", partial("a/a.hcl", {"bucket": BUCKET})))
    assert [each.use for each in settings_of(code.repository)] == [None]


def test_a_use_carries_how_its_lock_file_is_written_and_never_a_key() -> None:
    secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    given = settings(encrypt=True, acl="bucket-owner-full-control", sse_customer_key=secret)
    code = fleet(root("a", settings=given), root("b", settings=settings(encrypt=True)))
    uses = [use for each in settings_of(code.repository) if (use := each.use) is not None]
    assert [(use.encrypt, use.acl, use.customer_key) for use in uses] == [
        (True, "bucket-owner-full-control", True),
        (True, None, False),
    ]
    assert secret not in repr(uses)


def test_candidates_are_not_certain_and_backends_without_settings_stay() -> None:
    candidate = partial("b/b.hcl", settings(), certainty=Certainty.CANDIDATE)
    idle = backend(name="idle", bucket="idle", uses=())
    code = fleet(root("a"), partial_root("b", candidate))
    found = certain_settings(replace(code, backends=(*code.backends, idle)))
    assert [(each.name, [one.root.path for one in those]) for each, those in found] == [
        (BUCKET, ["a"]),
        ("idle", []),
    ]


def test_a_bucket_behind_two_endpoints_is_two_backends() -> None:
    minio = "https://minio.example"
    at_minio = backend(name="minio", access=Access(endpoints=Endpoints(s3=minio)))
    code = fleet(root("a", settings=settings(endpoints={"s3": minio})), root("b"))
    backends = (backend(), at_minio)
    assert [backend_of(each, backends) for each in settings_of(code.repository)] == [
        at_minio,
        backend(),
    ]


def test_a_backend_that_was_not_asked_for_is_none() -> None:
    code = fleet(root("a", settings=settings(bucket="other")))
    (setting,) = settings_of(code.repository)
    assert backend_of(setting, (backend(),)) is None
    assert backend_name(setting.root, setting.configuration, (backend(),)) == ""
    assert backend_name(setting.root, setting.configuration, code.backends) == "other"


def test_a_configuration_without_a_bucket_uses_no_backend() -> None:
    incomplete = partial("a/a.hcl", {"key": "k"})
    assert backend_name(partial_root("a", incomplete), incomplete, (backend(),)) == ""
