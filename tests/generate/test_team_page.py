from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from holdfast.app.audit import audit_fleet
from holdfast.core.backends import Locking
from holdfast.core.components import components_of
from holdfast.core.facts import Reason, Withheld
from holdfast.core.findings import Finding, Hit, Severity, Unjudged
from holdfast.core.fleet import Fleet
from holdfast.core.generated import is_generated
from holdfast.core.verdicts import AuditResult
from holdfast.generate.team_page import team_page
from tests.rules.declared_fleets import NETWORK, declared, declared_fleet, state_root
from tests.rules.fleets import DENIED, backend, fleet, observed, root, use

EXPECTED = Path(__file__).parent / "expected" / "team_page.md"
PATH = "docs/terraform-backends.md"
AKS = "platform=azure component=aks environment=dev instance=one"


def page(of: Fleet) -> str:
    return page_of(audit_fleet(of, []))


def page_of(result: AuditResult) -> str:
    file = team_page(result, path=PATH)
    assert file.path == PATH
    assert is_generated(file.text)
    return file.text


def section(text: str, heading: str) -> str:
    _, _, rest = text.partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0]


def test_the_page_of_a_small_fleet_is_exactly_this() -> None:
    code = declared_fleet(state_root(), root("old"), declaration=declared(NETWORK, AKS))
    assert page(code) == EXPECTED.read_text(encoding="utf-8")


def test_the_page_is_sound_markdown() -> None:
    text = page(declared_fleet(state_root(), declaration=declared(NETWORK, AKS)))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert sum(each.type == "table_open" for each in tokens) == 7
    headings = [tokens[i + 1].content for i, each in enumerate(tokens) if each.tag == "h2"][::2]
    assert headings == [
        "Status",
        "States",
        "Initialise a root",
        "Break a lock",
        "Who may do what",
        "When settings change",
    ]


def test_the_status_says_what_is_wrong_and_what_could_not_be_read() -> None:
    found = Finding(
        rule="lock-table-missing",
        severity=Severity.CRITICAL,
        backend="dev",
        title="",
        why="",
        hit=Hit(message="there is no table `locks_dev`"),
    )
    denied = Unjudged(rule="a", severity=Severity.HIGH, backend="dev", withheld=DENIED)
    late = Withheld(reason=Reason.UNREACHABLE, detail="request 17 timed out")
    status = section(
        page_of(
            replace(
                audit_fleet(fleet(observed=[observed()]), []),
                findings=(found, replace(found, severity=Severity.MEDIUM, rule="less")),
                unjudged=(
                    denied,
                    replace(denied, rule="b"),
                    replace(denied, backend="", withheld=late),
                ),
            ),
        ),
        "Status",
    )
    _, _, below = status.partition("**GOOD** |\n")
    assert below == (
        "\nWhat needs a fix, which `holdfast plan` shows:\n\n"
        "- **critical** `lock-table-missing` (dev): there is no table `locks_dev`\n\n"
        "What could not be read:\n\n"
        "- the code: unreachable (1 rule)\n"
        "- dev: permission `s3:Get` is missing (2 rules)\n"
    )


def test_a_page_without_the_cloud_says_that_it_was_not_asked() -> None:
    words = "The cloud was not asked"
    assert words in section(page(fleet(root("a"))), "Status")
    assert words not in section(page(fleet(observed=[observed()])), "Status")


def test_a_fleet_without_s3_has_a_page_as_well() -> None:
    text = page(fleet())
    assert "No root uses S3." in section(text, "Status")
    assert "No root uses S3." in section(text, "Initialise a root")


def test_workspaces_that_are_known_have_their_states() -> None:
    two = backend(uses=(use(workspaces=("blue",), locking=Locking.BOTH),))
    text = page(fleet(observed=[observed(two)]))
    assert (
        "| `env:/blue/network/terraform.tfstate` | `network` |  | both, `acme-terraform-locks` |\n"
        in section(text, "States")
    )
    locks = section(text, "Break a lock")
    assert "`holdfast locks break env:/blue/network/terraform.tfstate`" in locks
    assert (
        "The state of a workspace `NAME` that is not listed has `env:/NAME/` before its key."
        in locks
    )


def test_a_key_of_two_backends_is_told_apart_in_every_command() -> None:
    one, other = backend(), backend(name="other one", bucket="other")
    code = replace(fleet(root("network")), backends=(one, other))
    locks = section(page(code), "Break a lock")
    assert (
        "`holdfast locks break network/terraform.tfstate --backend acme-terraform-state`" in locks
    )
    assert "`holdfast locks break network/terraform.tfstate --backend 'other one'`" in locks


def test_a_component_whose_file_is_not_written_yet_gets_it_first() -> None:
    made = declared(NETWORK)
    bare = root("infrastructure/azure/network/dev", settings={"encrypt": True})
    code = replace(fleet(bare, declaration=made), components=components_of(made, [bare.path]))
    assert (
        "holdfast generate backend azure-network-dev --write"
        " && terraform -chdir=infrastructure/azure/network/dev init -backend-config=backend.hcl\n"
        in section(page(code), "Initialise a root")
    )


def test_a_file_that_init_does_not_take_is_not_named() -> None:
    made = declared(NETWORK)
    made = replace(made, layout=replace(made.layout, file="terragrunt.hcl"))
    bare = root("infrastructure/azure/network/dev", settings={"encrypt": True})
    code = replace(fleet(bare, declaration=made), components=components_of(made, [bare.path]))
    assert "terragrunt.hcl" not in section(page(code), "Initialise a root")


@pytest.mark.parametrize(
    ("locking", "words"),
    [
        (Locking.NONE, "**nothing: two runs at once can lose a state**"),
        (Locking.DYNAMODB, "the table `acme-terraform-locks`"),
        (Locking.LOCKFILE, "the lock file `<key>.tflock`"),
        (Locking.BOTH, "the lock file `<key>.tflock` and the table `acme-terraform-locks`"),
    ],
)
def test_each_backend_says_how_it_locks_today(locking: Locking, words: str) -> None:
    text = page(fleet(observed=[observed(backend(locking=locking))]))
    assert f"| acme-terraform-state | {words} |\n" in section(text, "When settings change")


def test_names_of_others_stay_text() -> None:
    odd = backend(name="<b>|*x*", bucket="a|b", uses=(use(key="k|`k"),))
    text = page(replace(fleet(root("network")), backends=(odd,)))
    assert "| &lt;b>\\|\\*x\\* |" in text
    assert "| `` k\\|`k `` |" in text


def test_the_same_fleet_has_the_same_page_every_time() -> None:
    def result() -> AuditResult:
        return audit_fleet(declared_fleet(state_root(), declaration=declared(NETWORK)), [])

    assert team_page(result(), path=PATH) == team_page(result(), path=PATH)
