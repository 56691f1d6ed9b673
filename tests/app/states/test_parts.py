"""States that are too large for one request: written in parts, all of it or nothing, and nothing left behind."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from holdfast.app.state_places import place_of
from holdfast.app.state_restore import WithIdentifier, plan_restore, restore
from holdfast.app.state_writing import read_state, write_state
from holdfast.aws.connections import Connections
from holdfast.aws.state_uploads import abort_upload
from holdfast.core.state_uploads import UploadLimits
from holdfast.errors import (
    HoldfastError,
    StateChangedError,
    StateNotWrittenError,
    StateUnreadError,
)
from tests.app.states.conftest import History, body_of, md5_of
from tests.app.states.moving import Scene
from tests.support.aws_operations import Request
from tests.support.cloud_writes import WRITES
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import (
    Action,
    Delay,
    DropAfter,
    DropBefore,
    Rule,
    access_denied,
)
from tests.support.locking import KEY

LIMITS = UploadLimits(single_bytes_max=64, part_bytes=256)
UPLOADS = frozenset(
    {
        "s3:CreateMultipartUpload",
        "s3:UploadPart",
        "s3:CompleteMultipartUpload",
        "s3:AbortMultipartUpload",
    }
)
ActionOf = Callable[[str], Action]
Build = Callable[[str], Scene]


@pytest.fixture
def scenes(faulty: History, connections: Connections, tmp_path: Path) -> Build:
    """Return what builds a scene of its own whose state is written in parts, behind the proxy."""

    def built(name: str) -> Scene:
        return Scene(
            site=faulty.site,
            directory=tmp_path / name / "code",
            key=f"{name}/terraform.tfstate",
            connections=connections,
            workspaces=(),
            limits=LIMITS,
        ).build()

    return built


def is_write(request: Request) -> bool:
    return request.operation in WRITES | UPLOADS


def incomplete(scene: Scene) -> Mapping[str, str]:
    """Return the uploads of this scene that were begun and not ended, with their keys."""
    s3 = scene.site.account.clients.s3()
    uploads = s3.list_multipart_uploads(Bucket=scene.site.bucket).get("Uploads", [])
    return {each["UploadId"]: each["Key"] for each in uploads if scene.key in each["Key"]}


def tag_of(scene: Scene, key: str) -> str:
    s3 = scene.site.account.clients.s3()
    return s3.head_object(Bucket=scene.site.bucket, Key=key)["ETag"]


def test_a_state_moves_in_parts_byte_for_byte(scenes: Build, fault_proxy: FaultProxy) -> None:
    scene = scenes("large")
    fault_proxy.forget()
    scene.move()
    scene.assert_moved()
    parts = -(-len(scene.body(scene.key)) // LIMITS.part_bytes)
    assert parts > 1
    assert tag_of(scene, scene.new_key).endswith(f'-{parts}"')
    sent = [each for each in fault_proxy.requests() if each.operation == "s3:UploadPart"]
    assert [len(each.headers["x-amz-checksum-sha256"]) for each in sent] == [44] * parts
    completed = [
        each.headers.get("if-none-match")
        for each in fault_proxy.requests()
        if each.operation == "s3:CompleteMultipartUpload"
    ]
    assert completed == ["*"]
    assert incomplete(scene) == {}


@pytest.mark.parametrize(
    "action_of",
    [access_denied, lambda _: DropBefore(), lambda _: DropAfter()],
    ids=["denied", "unheard", "unanswered"],
)
def test_a_move_in_parts_with_a_failed_write_is_completed_by_running_it_again(
    scenes: Build, fault_proxy: FaultProxy, action_of: ActionOf
) -> None:
    first = scenes("undisturbed")
    fault_proxy.forget()
    first.move()
    operations = [each.operation for each in fault_proxy.requests() if is_write(each)]
    assert operations.count("s3:UploadPart") > 1
    for position, operation in enumerate(operations):
        scene = scenes(f"write-{position}")
        rule = Rule(action=action_of(operation), when=is_write, skip=position, times=1)
        fault_proxy.add(rule)
        with suppress(HoldfastError):
            scene.move()
        fault_proxy.allow_all()
        left = incomplete(scene)
        if operation != "s3:CreateMultipartUpload":  # whose answer names what is to be aborted
            assert left == {}, operation
        scene.move()
        scene.assert_moved()


def test_what_a_killed_run_has_left_is_aborted_by_the_next_one(
    scenes: Build, fault_proxy: FaultProxy
) -> None:
    first = scenes("undisturbed")
    fault_proxy.forget()
    first.move()
    operations = [each.operation for each in fault_proxy.requests() if is_write(each)]
    # A kill after any other write is looked at where states are moved at once.
    for position, operation in enumerate(operations):
        if "Upload" not in operation:
            continue
        scene = scenes(f"killed-{position}")
        # After this write nothing of the run arrives any more, as when its process is killed.
        fault_proxy.add(Rule(action=DropBefore(), when=is_write, skip=position + 1))
        with suppress(HoldfastError):
            scene.move()
        fault_proxy.allow_all()
        scene.move()
        scene.assert_moved()
        if operation == "s3:CreateMultipartUpload":
            # Nobody can tell whose an upload without parts is; it holds nothing.
            assert list(incomplete(scene).values()) == [scene.new_key]
        else:
            assert incomplete(scene) == {}, operation


def test_uploads_of_others_are_left_alone(scenes: Build) -> None:
    scene = scenes("theirs")
    s3 = scene.site.account.clients.s3()
    theirs = s3.create_multipart_upload(Bucket=scene.site.bucket, Key=scene.new_key)["UploadId"]
    s3.upload_part(
        Bucket=scene.site.bucket,
        Key=scene.new_key,
        UploadId=theirs,
        PartNumber=1,
        Body=b"something else",
    )
    scene.move()
    scene.assert_moved()
    assert incomplete(scene) == {theirs: scene.new_key}


def test_without_the_right_to_list_uploads_a_state_is_written_all_the_same(
    scenes: Build, fault_proxy: FaultProxy
) -> None:
    scene = scenes("unlisted")
    fault_proxy.deny("s3:ListMultipartUploads")
    scene.move()
    scene.assert_moved()


def test_what_somebody_writes_meanwhile_is_not_overwritten(
    scenes: Build, fault_proxy: FaultProxy
) -> None:
    scene = scenes("overtaken")
    theirs = body_of(9, "theirs")

    def write_theirs(_: object) -> bool:
        scene.write(scene.new_key, theirs)
        return False

    meant = "s3:CompleteMultipartUpload"
    fault_proxy.add(Rule(action=Delay(), operation=meant, when=write_theirs))
    with pytest.raises(StateChangedError):
        scene.move()
    assert scene.states()[scene.new_key] == theirs
    assert scene.reasons() == {}
    assert incomplete(scene) == {}


def test_a_source_that_changes_while_it_is_read_is_not_completed(
    scenes: Build, fault_proxy: FaultProxy
) -> None:
    scene = scenes("moving-target")
    plan = scene.plan()
    state = plan.states[0]
    old = replace(state.before, read=replace(state.before.read, md5="0" * 32))
    changed = replace(plan, states=(replace(state, before=old),))
    with pytest.raises(StateChangedError):
        scene.do(changed)
    assert scene.new_key not in scene.states()
    assert scene.reasons() == {}
    assert incomplete(scene) == {}
    # The source cannot be read any more when it is to be written.
    source = rf"/{scene.key}$|/{scene.key}\?"
    denied = access_denied("s3:GetObject")
    fault_proxy.add(
        Rule(action=denied, operation="s3:GetObject", path=f"/{scene.site.bucket}{source}")
    )
    with pytest.raises(StateUnreadError):
        scene.do(plan)
    fault_proxy.allow_all()
    assert incomplete(scene) == {}


def test_an_abort_settles_what_an_unanswered_completion_has_done(
    scenes: Build, fault_proxy: FaultProxy
) -> None:
    scene = scenes("settled")
    fault_proxy.add(
        Rule(action=DropBefore(), operation="s3:CompleteMultipartUpload", skip=0, times=1)
    )
    with pytest.raises(StateNotWrittenError):
        scene.move()
    assert incomplete(scene) == {}
    place = scene.plan().states[0].target
    assert abort_upload(scene.connections, place.object(), "unknown") is False


def test_a_version_is_restored_in_parts(history: History, connections: Connections) -> None:
    good = history.write(body_of(3, "good"))
    history.write(body_of(4, "bad"))
    plan = plan_restore(history.place, WithIdentifier(good), connections=connections)
    restore(plan, connections=connections, limits=LIMITS)
    assert history.body() == body_of(5, "good")
    assert history.digest() == md5_of(body_of(5, "good"))
    answer = history.site.account.clients.s3().head_object(Bucket=history.site.bucket, Key=KEY)
    assert "-" in answer["ETag"]


@pytest.mark.parametrize("key", [None, "alias/states"])
def test_parts_are_encrypted_and_owned_as_one_request_is(
    faulty: History, fault_proxy: FaultProxy, connections: Connections, key: str | None
) -> None:
    settings = replace(faulty.place.settings, encrypt=True, kms_key=key, acl="private")
    backend = replace(faulty.backend, account=faulty.site.account.id)
    place = replace(place_of(backend, KEY), settings=settings)
    body = body_of(3)
    seen = []
    for limits in (UploadLimits(), LIMITS):
        before = read_state(place, connections)
        fault_proxy.forget()
        write_state(
            place,
            BytesIO(body),
            md5=md5_of(body),
            before=before,
            connections=connections,
            limits=limits,
        )
        names = {"s3:PutObject", "s3:CreateMultipartUpload"}
        (request,) = (each for each in fault_proxy.requests() if each.operation in names)
        seen.append(
            {
                name: value
                for name, value in request.headers.items()
                if name.startswith(("x-amz-server-side", "x-amz-acl", "x-amz-expected"))
                or name == "content-type"
            }
        )
    assert seen[0] == seen[1]
    assert seen[0]["x-amz-expected-bucket-owner"] == faulty.site.account.id
    owned = [
        each.headers["x-amz-expected-bucket-owner"]
        for each in fault_proxy.requests()
        if "Multipart" in each.operation or each.operation in {"s3:UploadPart", "s3:ListParts"}
    ]
    assert set(owned) == {faulty.site.account.id}
