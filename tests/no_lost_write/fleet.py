"""A fleet of twelve states, and an account of everything that was ever written to them."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.app.locking.ground import Ground, md5_of
from tests.app.locking.stages import Stage
from tests.no_lost_write.checkouts import CODE, DEFAULT, Checkout, Work
from tests.support.engines import RealEngine
from tests.support.real_terraform import Terraform

SINGLE_ROOTS = tuple(f"roots/{number:02}" for number in range(1, 10))
WORKSPACE_ROOT = "roots/workspaces"
WORKSPACES = (DEFAULT, "blue", "green")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One version of a state, as the bucket keeps it."""

    serial: int
    token: str | None  # None: written by `workspace new`


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedFleet:
    """A ground with roots in which a real engine works."""

    ground: Ground
    engine: RealEngine
    work: Work

    @property
    def roots(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Return the workspaces of each root with the keys of their states."""
        found: dict[str, tuple[tuple[str, str], ...]] = {
            path: ((DEFAULT, f"{path}/state"),) for path in SINGLE_ROOTS
        }
        key = f"{WORKSPACE_ROOT}/state"
        found[WORKSPACE_ROOT] = tuple(
            (name, key if name == DEFAULT else f"env:/{name}/{key}") for name in WORKSPACES
        )
        return found

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for states in self.roots.values() for _, key in states)

    def build(self, stage: Stage) -> tuple[Checkout, ...]:
        """Write and initialise all roots as they are before a stage."""
        found = tuple(
            self.checkout(self.ground.directory / path, states, stage.old)
            for path, states in self.roots.items()
        )
        for each in found:
            each.make_workspaces()
        return found

    def checkout(
        self,
        directory: Path,
        states: tuple[tuple[str, str], ...],
        arguments: Sequence[str],
        *,
        through: str | None = None,
    ) -> Checkout:
        """Write one root into a directory and initialise it; its engine goes `through` a proxy if one is given."""
        directory.mkdir(parents=True)
        block = self.ground.block(states[0][1], *arguments)
        (directory / "backend.tf").write_text(block, encoding="utf-8")
        (directory / "main.tf").write_text(CODE, encoding="utf-8")
        environment = self.ground.account.environment(through=through)
        terraform = Terraform(directory, environment, engine=self.engine)
        made = Checkout(terraform=terraform, keys=states, work=self.work)
        made.initialise()
        return made

    # An account of what was written -----------------------------------------------------------------

    def writes(self) -> Mapping[str, Sequence[Write]]:
        """Return every version of every state, the oldest first."""
        s3 = self.ground.account.clients.s3()
        found: dict[str, list[Write]] = defaultdict(list)
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=self.ground.bucket)
        for page in pages:
            assert not [each for each in page.get("DeleteMarkers", []) if each["Key"] in self.keys]
            for each in page.get("Versions", []):
                if is_state(each["Key"]):
                    answer = s3.get_object(
                        Bucket=self.ground.bucket, Key=each["Key"], VersionId=each["VersionId"]
                    )
                    state = json.loads(answer["Body"].read())
                    token = state["outputs"].get("token", {}).get("value")
                    found[each["Key"]].append(Write(serial=state["serial"], token=token))
        return {key: sorted(each, key=lambda write: write.serial) for key, each in found.items()}

    def assert_no_write_lost(self) -> None:
        """Assert that every apply that succeeded has a serial of its own, and that nothing else was ever written."""
        assert {key for key, _ in self.work.applied} == set(self.writes())
        for key, found in self.writes().items():
            applied = [token for name, token in self.work.applied if name == key]
            # Serials without a gap, and none of them twice: nobody wrote over what he had not read.
            assert [each.serial for each in found] == list(range(1, len(found) + 1)), key
            tokens = [each.token for each in found if each.token is not None]
            assert sorted(tokens) == sorted(applied), key
            assert len(tokens) == len(set(tokens)), key
            last = json.loads(self.ground.objects()[key])
            assert (last["serial"], last["outputs"]["token"]["value"]) == (
                found[-1].serial,
                found[-1].token,
            )

    def right_digests(self) -> Mapping[str, str]:
        return {key: md5_of(body) for key, body in self.ground.look().states.items()}


def is_state(key: str) -> bool:
    return not key.endswith(".tflock")
