import os
from pathlib import Path

import pytest

from holdfast.core.declaration import (
    Declaration,
)
from holdfast.declaration.reading import FILE_SIZE_MAX_BYTES, read_declaration
from holdfast.errors import DeclarationInvalidError, ExitCode, PathNotFoundError
from holdfast.report.error_text import error_text
from tests.declaration.files import NAME, declared, mistakes

MANY_MISTAKES = """\
version: "1"
naming:
  bucket: "{organization}-terraform-state-{acount}"
  lock_table: '{account}_locks[-{region}'
  key: "{component}/terraform.tfstate"
accounts:
  dev: {id: 111111111111, role: "arn:aws:iam::222222222222:role/x"}
  no: {id: 012345678901, profil: a}
  prod:
    external_id: abc
    id: "2222"
backends:
  dev:
    account: dve
    region: eu-wset-1
    lockin: dynamodb
    buckt: x
    tags: {Team: 1, "aws:x": y}
  dev: {}
  prod: {account: prod, region: [a], locking: lockfiles, bucket: Foo_Bar, account_regional: yes}
  other: {account: dev, region: us-east-1, locking: lockfile, bucket: 192.168.1.1, lock_table: x}
  none:
components: []
baseline: {encrypton: {}}
ignore:
  - rule: bucket_access_logging_off
  - {rule: key-collision, reason: " "}
  - text
"""

# The whole text that a user sees.
MANY_MISTAKES_TEXT = """\
error[declaration-invalid]: `holdfast.yaml` has 28 mistakes
  holdfast.yaml:1:10   `version` must be the number 1, without quotes
  holdfast.yaml:3:12   `naming.bucket`: `organization` has no value; add `organization:` to the file
  holdfast.yaml:3:43   `naming.bucket`: `acount` is not a field of a name; did you mean `account`?
  holdfast.yaml:4:31   `naming.lock_table`: `[` is not closed
  holdfast.yaml:7:13   `id` of account `dev` must be text; put quotes around it: "111111111111"
  holdfast.yaml:8:3    the name of an account must be text; put quotes around it: "no"
  holdfast.yaml:8:12   `id` of account `no` must be text; put quotes around it: "012345678901"
  holdfast.yaml:8:26   `profil` is not a setting of an account; did you mean `profile`?
  holdfast.yaml:10:18  `external_id` of account `prod` has no use without a `role`
  holdfast.yaml:11:9   `id` of account `prod`: `2222` is not an account ID of 12 digits: it has 4
  holdfast.yaml:14:14  `account` of backend `dev`: `dve` is not declared; the accounts are `dev`, `prod`, `no`
  holdfast.yaml:15:13  `region` of backend `dev`: `eu-wset-1` is not a region; did you mean `eu-west-1`?
  holdfast.yaml:16:5   `lockin` is not a setting of a backend; did you mean `locking`?
  holdfast.yaml:17:5   `buckt` is not a setting of a backend; did you mean `bucket`?
  holdfast.yaml:18:18  `Team` in `tags` of backend `dev` must be text; put quotes around it: "1"
  holdfast.yaml:18:21  a key of `tags` of backend `dev`: `aws:x` is not 1 to 128 letters, digits, spaces and `_.:/=+-@` that do not begin with `aws:`
  holdfast.yaml:19:3   `dev` is set twice; the first one is on line 13
  holdfast.yaml:20:33  `region` of backend `prod` must be text, not a list
  holdfast.yaml:20:47  `locking` of backend `prod` must be one of `none`, `dynamodb`, `lockfile`, `both`, not `lockfiles`; did you mean `lockfile`?
  holdfast.yaml:20:93  `account_regional` of backend `prod` must be `true` or `false`, not `yes`
  holdfast.yaml:21:71  `bucket` of backend `other`: `192.168.1.1` looks like an IP address
  holdfast.yaml:21:96  `lock_table` of backend `other` has no use with locking `lockfile`; while the table is still used, it is `both`
  holdfast.yaml:22:3   backend `none` has no value; give it one or leave it out
  holdfast.yaml:24:12  `encrypton` is not a setting of `baseline`; did you mean `encryption`?
  holdfast.yaml:26:5   entry 1 of `ignore` has no `reason`
  holdfast.yaml:26:11  `rule` of entry 1 of `ignore`: `bucket_access_logging_off` is not the name of a rule; did you mean `bucket-access-logging-off`?
  holdfast.yaml:27:35  `reason` of entry 2 of `ignore`: ` ` is no reason
  holdfast.yaml:28:5   entry 3 of `ignore` must be a mapping, not text
nothing was read from AWS
"""


def test_a_declaration_may_say_nothing_but_its_version(tmp_path: Path) -> None:
    assert declared(tmp_path, "version: 1\n") == Declaration(path=NAME)


def test_places_are_relative_to_the_directory_only_when_the_file_is_below_it(
    tmp_path: Path,
) -> None:
    below, beside = tmp_path / "code", tmp_path / "beside"
    (below / "live").mkdir(parents=True)
    beside.mkdir()
    for directory in (below / "live", beside):
        (directory / NAME).write_text("version: 1\n", encoding="utf-8")
    assert read_declaration(below / "live" / NAME, directory=below).path == f"live/{NAME}"
    outside = read_declaration(beside / NAME, directory=below)
    assert outside.path == (beside / NAME).as_posix()


def test_all_mistakes_of_a_file_are_told_at_once_with_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NAME).write_text(MANY_MISTAKES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DeclarationInvalidError) as caught:
        read_declaration(Path(NAME))
    assert error_text(caught.value) == MANY_MISTAKES_TEXT
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(PathNotFoundError) as caught:
        read_declaration(tmp_path / NAME)
    assert caught.value.headline == f"`{tmp_path / NAME}` cannot be read: No such file or directory"
    assert caught.value.hints == (
        "name the declaration itself, a YAML file such as `holdfast.yaml`",
    )


@pytest.mark.parametrize("kind", ["directory", "pipe"])
def test_what_is_not_a_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / NAME
    if kind == "directory":
        path.mkdir()
    else:
        os.mkfifo(path)
    with pytest.raises(PathNotFoundError, match="cannot be read: it is not a file"):
        read_declaration(path)


def test_a_path_with_a_null_character_is_refused() -> None:
    with pytest.raises(PathNotFoundError, match="cannot be read: embedded null byte"):
        read_declaration(Path("a\0b"))


def test_a_link_to_a_declaration_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("version: 1\n", encoding="utf-8")
    (tmp_path / NAME).symlink_to("real.yaml")
    assert read_declaration(tmp_path / NAME) == Declaration(path=(tmp_path / NAME).as_posix())


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xef\xbb\xbfversion: 1\n")
    assert read_declaration(tmp_path / NAME, directory=tmp_path) == Declaration(path=NAME)
    assert mistakes(tmp_path, b"\xef\xbb\xbfversion: 2\n") == ["1:10 `version` must be 1, not `2`"]


def test_a_file_that_is_not_text_is_told_where(tmp_path: Path) -> None:
    assert mistakes(tmp_path, b"version: 1\n# caf\xe9\n") == [
        "2:6 the file is not UTF-8: byte 0xe9"
    ]
    assert mistakes(tmp_path, "version: 1\n".encode("utf-16")) == [
        "1:1 the file is UTF-16; save it as UTF-8"
    ]
    assert mistakes(tmp_path, b"\x7fELF\x02\x00\xff") == ["1:1 the file is binary, not text"]


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    fits = b"version: 1\n#".ljust(FILE_SIZE_MAX_BYTES, b"x")
    (tmp_path / NAME).write_bytes(fits)
    assert read_declaration(tmp_path / NAME, directory=tmp_path) == Declaration(path=NAME)
    assert mistakes(tmp_path, fits + b"x") == ["1:1 the file is larger than 4 MiB"]
