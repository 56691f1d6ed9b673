"""HCL as `terraform fmt` leaves it; that it does is shown with the real engine in `test_setup_module_engine.py`."""

import pytest

from holdfast.generate.hcl_blocks import (
    HclAttribute,
    HclBlock,
    HclExpression,
    HclValue,
    hcl_call,
    hcl_comment,
    hcl_text,
    hcl_value,
)


def test_equal_signs_are_aligned_among_neighbours_of_one_line() -> None:
    text = hcl_text(
        (
            HclBlock(
                "resource",
                ("aws_s3_bucket", "state"),
                (
                    HclAttribute("bucket", "b"),
                    HclAttribute("force_destroy", value=False),
                    HclAttribute("tags", {"Name": "x", "Team Of": "y", "deep": {"a": 1}}),
                    HclAttribute("region", HclExpression("var.region")),
                    HclBlock("lifecycle", (), (HclAttribute("prevent_destroy", value=True),)),
                ),
            ),
        )
    )
    assert (
        text
        == """\
resource "aws_s3_bucket" "state" {
  bucket        = "b"
  force_destroy = false

  tags = {
    Name      = "x"
    "Team Of" = "y"
    deep = {
      a = 1
    }
  }

  region = var.region

  lifecycle {
    prevent_destroy = true
  }
}
"""
    )


def test_a_comment_stands_above_its_attribute_and_its_block() -> None:
    items = (
        HclAttribute("a", 1),
        HclAttribute("bb", 2, comment=hcl_comment("why\n\nbecause")),
        HclBlock("c", (), (), comment="# an empty one"),
    )
    assert hcl_text(items) == "a = 1\n\n# why\n#\n# because\nbb = 2\n\n# an empty one\nc {}\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('a "b" \\ ${c} %{d}', '"a \\"b\\" \\\\ $${c} %%{d}"'),
        ("zwei\nZeilen ü", '"zwei\\nZeilen ü"'),
        (None, "null"),
        (1.5, "1.5"),
        ({}, "{}"),
        ([], "[]"),
        (["a", "b"], '["a", "b"]'),
        ([{"a": 1}], "[{\n  a = 1\n}]"),
        (["x" * 50, "y" * 50], f'[\n  "{"x" * 50}",\n  "{"y" * 50}",\n]'),
        (hcl_call("jsonencode", {"aws:x": "y"}), 'jsonencode({\n  "aws:x" = "y"\n})'),
    ],
)
def test_values_stand_for_exactly_what_they_are(value: HclValue, text: str) -> None:
    assert hcl_value(value) == text
