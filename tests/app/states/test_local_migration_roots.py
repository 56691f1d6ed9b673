"""Which roots with a local state are meant, and which are left alone with the reason."""

from pathlib import Path

import pytest

from holdfast.app.local_migration_targets import NO_PLACE, NOT_CHOSEN, SETUP_MODULE
from holdfast.aws.connections import Connections
from holdfast.errors import UsageError
from tests.app.states.conftest import History
from tests.app.states.local_states import LocalScene, local_scene
from tests.support.locking import KEY


@pytest.fixture
def local(history: History, connections: Connections, tmp_path: Path) -> LocalScene:
    return local_scene(history.site, connections, tmp_path)


def test_a_root_without_a_place_is_left_alone_unless_it_is_named(local: LocalScene) -> None:
    other = local.scene.directory / "other"
    other.mkdir()
    (other / "terraform.tfstate").write_bytes(local.scene.body("other"))
    found = local.find()
    assert found.left == [("other", NO_PLACE)]
    assert [each.root.path for each in found.roots] == ["network"]
    assert local.find("other").obstacles == [("other", NO_PLACE)]


def test_a_backend_that_is_not_chosen_is_not_meant(local: LocalScene) -> None:
    other = local.scene.directory / "other"
    other.mkdir()
    text = local.scene.text("other").replace(local.scene.site.bucket, "another-bucket")
    (other / "main.tf").write_text(text, encoding="utf-8")
    found = local.find(backends=("another-bucket",))
    assert (found.roots, found.left) == ([], [("network", NOT_CHOSEN)])
    assert local.find("network", backends=("another-bucket",)).obstacles == [
        ("network", NOT_CHOSEN)
    ]


def test_a_setup_module_is_left_alone_unless_it_is_named(local: LocalScene) -> None:
    code = local.scene.code.read_text("utf-8")
    local.scene.code.write_text(
        f'{code}resource "aws_s3_bucket" "states" {{\n  bucket = "{local.scene.site.bucket}"\n}}\n',
        "utf-8",
    )
    found = local.find()
    assert (found.roots, found.left) == ([], [("network", SETUP_MODULE)])
    assert [each.root.path for each in local.find("network").roots] == ["network"]


def test_two_roots_with_one_key_are_refused(local: LocalScene) -> None:
    other = local.scene.directory / "other"
    other.mkdir()
    (other / "main.tf").write_text(local.scene.text(KEY), encoding="utf-8")
    place = f"{local.scene.site.bucket}/{KEY}"
    assert local.find("network").obstacles == [("other", f"`{place}` is that of `network` too")]


def test_a_name_that_is_no_root_is_refused(local: LocalScene) -> None:
    with pytest.raises(UsageError):
        local.find("nowhere")
