"""Generated files meet a disk: nothing of anybody's is lost, and nothing is written halfway."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.app.generated_files import WrittenFile, compare_files, write_files
from holdfast.app.temporary_files import temporary_beside, writing_below
from holdfast.core.generated import MARK, ComparedFile, GeneratedFile, Standing
from holdfast.errors import FileNotWrittenError, FilesRefusedError


def generated(path: str, value: str = "one") -> GeneratedFile:
    return GeneratedFile(path=path, text=f"# {MARK}\n{value}\n")


# A limit on the size of files is what a full disk is to a test. Python ignores the signal that comes with it.
WRITE_LIMITED = """
import resource, sys
from pathlib import Path
from holdfast.app.generated_files import write_files
from holdfast.core.generated import GeneratedFile
from holdfast.errors import FileNotWrittenError

resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
directory, small, large = sys.argv[1:]
files = [GeneratedFile(path="small", text=small), GeneratedFile(path="large", text=large)]
try:
    write_files(files, Path(directory))
except FileNotWrittenError as error:
    print(error)
"""
# The process ends, as on a lost machine, when the first file would take its place.
WRITE_KILLED = """
import os, signal, sys
from pathlib import Path
from holdfast.app.generated_files import write_files
from holdfast.core.generated import GeneratedFile

Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
write_files([GeneratedFile(path="file", text=sys.argv[2])], Path(sys.argv[1]))
"""
FILE = generated("app/backend.hcl")
OTHER = generated("other/backend.hcl")


def tree_of(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def put(directory: Path, path: str, text: str) -> Path:
    target = directory / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def test_missing_files_are_written_with_their_directories(tmp_path: Path) -> None:
    assert write_files((FILE, OTHER), tmp_path) == (
        WrittenFile(path=FILE.path, standing=Standing.MISSING),
        WrittenFile(path=OTHER.path, standing=Standing.MISSING),
    )
    assert tree_of(tmp_path) == {FILE.path: FILE.content, OTHER.path: OTHER.content}


def test_what_is_up_to_date_is_not_touched(tmp_path: Path) -> None:
    write_files((FILE,), tmp_path)
    before = (tmp_path / FILE.path).stat()
    assert write_files((FILE,), tmp_path) == (
        WrittenFile(path=FILE.path, standing=Standing.CURRENT),
    )
    after = (tmp_path / FILE.path).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_is_out_of_date_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    write_files((generated(FILE.path, "two"),), tmp_path)
    (tmp_path / FILE.path).chmod(0o640)
    assert write_files((FILE,), tmp_path) == (
        WrittenFile(path=FILE.path, standing=Standing.OUT_OF_DATE),
    )
    assert tree_of(tmp_path) == {FILE.path: FILE.content}
    assert (tmp_path / FILE.path).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("by hand\n", Standing.HAND_WRITTEN),
        (FILE.content.replace("one", "mine"), Standing.EDITED),
    ],
)
def test_a_file_by_hand_keeps_all_files_from_being_written(
    tmp_path: Path, text: str, standing: Standing
) -> None:
    put(tmp_path, OTHER.path, text)
    with pytest.raises(FilesRefusedError) as caught:
        write_files((FILE, OTHER), tmp_path)
    assert caught.value.facts == ((OTHER.path, standing.value),)
    assert tree_of(tmp_path) == {OTHER.path: text}


def test_force_keeps_a_copy_and_never_replaces_an_earlier_one(tmp_path: Path) -> None:
    for number in range(1, 4):
        put(tmp_path, FILE.path, f"by hand, {number}\n")
        (found,) = write_files((FILE,), tmp_path, force=True)
        suffix = "" if number == 1 else f".{number}"
        assert found.copy == f"{FILE.path}.orig{suffix}"
    assert tree_of(tmp_path) == {
        FILE.path: FILE.content,
        f"{FILE.path}.orig": "by hand, 1\n",
        f"{FILE.path}.orig.2": "by hand, 2\n",
        f"{FILE.path}.orig.3": "by hand, 3\n",
    }


def test_a_file_that_is_no_text_is_by_hand(tmp_path: Path) -> None:
    content = b"\xff\xfe\x00binary"
    put(tmp_path, FILE.path, "").write_bytes(content)
    assert compare_files((FILE,), tmp_path) == (
        ComparedFile(file=FILE, standing=Standing.HAND_WRITTEN),
    )
    with pytest.raises(FilesRefusedError):
        write_files((FILE,), tmp_path)
    (found,) = write_files((FILE,), tmp_path, force=True)
    assert (tmp_path / f"{found.copy}").read_bytes() == content


# What is in the way ---------------------------------------------------------------------------


def blocked(tmp_path: Path) -> str:
    """Return what is in the way of FILE, after `--force` was refused and nothing was written."""
    (compared,) = compare_files((FILE,), tmp_path)
    assert compared.standing is Standing.BLOCKED
    with pytest.raises(FilesRefusedError) as caught:
        write_files((OTHER, FILE), tmp_path, force=True)
    assert not (tmp_path / OTHER.path).exists()
    assert caught.value.facts == ((FILE.path, compared.problem),)
    return compared.problem


def test_a_directory_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE.path).mkdir(parents=True)
    assert blocked(tmp_path) == "it is a directory"


def test_a_file_where_the_directory_should_be_is_said(tmp_path: Path) -> None:
    put(tmp_path, "app", "a file")
    assert blocked(tmp_path) == "not a directory"


def test_a_named_pipe_in_the_way_is_said_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    os.mkfifo(tmp_path / FILE.path)
    assert blocked(tmp_path) == "it is no plain file"


@pytest.mark.parametrize("place", ["app", "app/backend.hcl"])
def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    put(outside, "backend.hcl", "theirs\n")
    tree = tmp_path / "tree"
    link = tree / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside if place == "app" else outside / "backend.hcl")
    assert blocked(tree) == "a symbolic link leads out of the tree"
    assert tree_of(outside) == {"backend.hcl": "theirs\n"}


@pytest.mark.parametrize("place", ["app", "app/backend.hcl"])
def test_links_that_lead_round_in_circles_are_said(tmp_path: Path, place: str) -> None:
    link = tmp_path / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(link.name)
    assert "symbolic links" in blocked(tmp_path).lower() or "symlink" in blocked(tmp_path).lower()


def test_a_link_inside_the_tree_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / FILE.path).symlink_to("../shared/backend.hcl")
    write_files((FILE,), tmp_path)
    assert (tmp_path / FILE.path).is_symlink()
    assert (tmp_path / "shared/backend.hcl").read_text(encoding="utf-8") == FILE.content


def test_two_files_for_one_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FilesRefusedError) as caught:
        write_files((FILE, generated(FILE.path, "two")), tmp_path)
    assert caught.value.facts == ((FILE.path, "several files would be written here"),) * 2
    assert tree_of(tmp_path) == {}


@pytest.mark.parametrize("path", ["../backend.hcl", "/backend.hcl", ".", "a\0b"])
def test_a_path_out_of_the_tree_is_refused(tmp_path: Path, path: str) -> None:
    (compared,) = compare_files((generated(path),), tmp_path)
    assert compared.standing is Standing.BLOCKED


# A run that fails or dies -----------------------------------------------------------------------


def test_a_copy_that_cannot_be_kept_leaves_everything_as_it_was(tmp_path: Path) -> None:
    # 255 bytes are a legal name; with `.orig` after it they are none.
    name = "n" * 255
    put(tmp_path, name, "by hand\n")
    with pytest.raises(FileNotWrittenError):
        write_files((FILE, generated(name)), tmp_path, force=True)
    assert tree_of(tmp_path) == {name: "by hand\n"}


def test_a_disk_that_is_full_leaves_everything_as_it_was(tmp_path: Path) -> None:
    small, large = generated("small"), generated("large", "x" * 100_000)
    old = generated("small", "old")
    write_files((old,), tmp_path)
    result = subprocess.run(
        [sys.executable, "-c", WRITE_LIMITED, str(tmp_path), small.text, large.text],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stdout) == (0, "`large` cannot be written: file too large\n")
    assert tree_of(tmp_path) == {"small": old.content}


def killed_run(directory: Path, text: str) -> list[str]:
    """Write a file in a process that is killed before its rename; return the names that it leaves."""
    killed = subprocess.run([sys.executable, "-c", WRITE_KILLED, str(directory), text], check=False)
    assert killed.returncode == -signal.SIGKILL
    return [name for name in tree_of(directory) if name.startswith(".")]


def test_a_run_that_is_killed_leaves_the_old_file_and_another_run_completes_it(
    tmp_path: Path,
) -> None:
    old, new = generated("file", "old"), generated("file", "new")
    write_files((old,), tmp_path)
    (left,) = killed_run(tmp_path, new.text)
    assert tree_of(tmp_path) == {left: new.content, "file": old.content}
    write_files((new,), tmp_path)
    assert tree_of(tmp_path) == {"file": new.content}


def test_what_a_killed_run_left_goes_when_there_is_nothing_to_write_any_more(
    tmp_path: Path,
) -> None:
    old = generated("file", "old")
    write_files((old,), tmp_path)
    killed_run(tmp_path, generated("file", "new").text)
    write_files((old,), tmp_path)
    assert tree_of(tmp_path) == {"file": old.content}


def test_what_looks_like_a_temporary_file_and_is_none_stays(tmp_path: Path) -> None:
    others = [".holdfast-notes", f".holdfast-{'0' * 15}", f".holdfast-{'0' * 16}.tf", ".holdfast-"]
    for name in others:
        put(tmp_path, name, "theirs\n")
    (tmp_path / f".holdfast-{'1' * 16}").mkdir()
    (tmp_path / f".holdfast-{'2' * 16}").symlink_to(".holdfast-notes")
    write_files((generated("file"),), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*others, f".holdfast-{'1' * 16}", f".holdfast-{'2' * 16}", "file"]
    )


def test_the_files_of_a_run_that_goes_on_are_not_taken_for_left_ones(tmp_path: Path) -> None:
    target = tmp_path / "app" / "file"
    staged = temporary_beside(target)
    with writing_below(tmp_path, [target]):
        put(tmp_path, f"app/{staged.name}", "another run's\n")
        write_files((generated("app/other"),), tmp_path)
        assert staged.exists()
    write_files((generated("app/other"),), tmp_path)
    assert not staged.exists()
