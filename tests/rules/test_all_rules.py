from pathlib import Path

import holdfast.rules
from holdfast.core.findings import rule_section, rule_title, rule_why
from holdfast.rules import all_rules


def test_every_file_of_the_folder_is_a_rule_in_order_of_the_names() -> None:
    (folder,) = holdfast.rules.__path__
    files = sorted(path.stem for path in Path(folder).glob("*.py") if path.stem != "__init__")
    assert [rule.slug for rule in all_rules()] == [name.replace("_", "-") for name in files]


def test_every_page_has_its_parts() -> None:
    for rule in all_rules():
        parts = (rule_title(rule), rule_why(rule), rule_section(rule, "Fix"))
        assert [part[-1:] for part in parts] == [".", ".", "."], rule.slug
