"""A string as HCL writes it stands for exactly its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.hcl_strings import hcl_string
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import Constant


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", '"plain"'),
        ('"a\\b"', r'"\"a\\b\""'),
        ("${a} %{b}", '"$${a} %%{b}"'),
        ("a\n\t\x08\x0c", r'"a\n\t\U00000008\U0000000c"'),
    ],
)
def test_what_is_written(text: str, written: str) -> None:
    assert hcl_string(text) == written


@given(
    st.text(st.characters(exclude_categories=["Cs"])).filter(
        lambda text: "$${" not in text and "%%{" not in text and "\0" not in text
    )
)
def test_it_is_read_as_the_same_text(text: str) -> None:
    (attribute,) = parse_hcl(f"a = {hcl_string(text)}\n".encode()).body.attributes
    assert attribute.expression == Constant(text)
