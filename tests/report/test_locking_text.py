"""A stage as text: root by root with the code that changes, what became of each, and what comes next."""

from dataclasses import replace

import pytest

from holdfast.core.backends import Locking
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.locking_stages import DigestWork
from holdfast.report.locking_text import locking_end_lines, locking_text, switched_line
from tests.core.locking_examples import group, plan, root, stage

EDIT = CodeFileEdit(
    path="network/backend.hcl",
    before=b'key = "k"\nuse_lockfile = true\nsecret_key = "hush"\n',
    after=b'key = "k"\nuse_lockfile = true\ndynamodb_table = "acme-locks"\nsecret_key = "hush"\n',
)


def test_a_stage_is_laid_out_root_by_root() -> None:
    two = replace(
        group(digests=DigestWork.KEEP),
        roots=(root("apps/web", Locking.DYNAMODB), root("apps/api", Locking.DYNAMODB)),
    )
    whole = plan(stage(group(), two))
    assert locking_text(whole, [EDIT]) == (
        "dev (acme-state, eu-west-1): to `both`, on the way to `dynamodb`\n"
        "  ROOT      KEY                         LOCKING           LOCKED MEANWHILE  DIGESTS\n"
        "  network   network/terraform.tfstate   lockfile -> both  2 states          left over are removed\n"
        "  apps/web  apps/web/terraform.tfstate  dynamodb -> both  nothing           stay\n"
        "  apps/api  apps/api/terraform.tfstate  dynamodb -> both  nothing           stay\n"
        "\n"
        "--- a/network/backend.hcl\n"
        "+++ b/network/backend.hcl\n"
        "@@ -1,3 +1,4 @@\n"
        ' key = "k"\n'
        " use_lockfile = true\n"
        '+dynamodb_table = "acme-locks"\n'
        " secret_key = (sensitive)"
    )


def test_text_of_others_is_cleaned() -> None:
    odd = replace(stage(replace(group(), roots=(root("\x1b[31mred"),))), bucket="\x07", region=None)
    text = locking_text(plan(odd), [])
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "region unknown" in text


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (DigestWork.KEEP, "network: 1 file changed"),
        (DigestWork.REFRESH, "network: 1 file changed, 2 digests written anew"),
        (DigestWork.CLEAR, "network: 1 file changed, 2 digests removed"),
        (DigestWork.REMOVE, "network: 1 file changed, 2 digests removed"),
    ],
)
def test_what_became_of_a_group(work: DigestWork, words: str) -> None:
    assert switched_line(group(digests=work), files=1, digests=2) == words


def test_what_comes_next_on_the_way() -> None:
    moment = "2026-11-21T14:00:00+00:00"
    assert list(locking_end_lines(plan(), files=2, moment=moment)) == [
        "1 root to `both`, 2 files changed",
        "next, when every checkout and pipeline has this code and was initialised with it:",
        "  holdfast migrate locking --to dynamodb --since 2026-11-21T14:00:00+00:00",
    ]


def test_how_to_go_back_from_the_end() -> None:
    end = replace(plan(stage(locking=Locking.LOCKFILE)), goal=Locking.LOCKFILE)
    assert list(locking_end_lines(end, files=2, moment="now")) == [
        "1 root to `lockfile`, 2 files changed",
        "to go back: holdfast migrate locking --to both --table acme-locks",
    ]


def test_how_to_go_back_from_the_end_to_several_tables() -> None:
    several = replace(stage(locking=Locking.LOCKFILE), tables=("acme-locks", "second"))
    end = replace(plan(several), goal=Locking.LOCKFILE)
    assert list(locking_end_lines(end, files=2, moment="now"))[1:] == [
        "to go back, each root with the table that it had:",
        "  holdfast migrate locking --to both --table acme-locks",
        "  holdfast migrate locking --to both --table second",
    ]
