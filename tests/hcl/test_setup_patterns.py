from holdfast.core.setup_pattern import PatternFile
from holdfast.hcl.setup_patterns import is_followed, provider_version, setup_pattern

TEXT = """# über state
resource "aws_s3_bucket" "state" {
  bucket = "ümlaut-${var.name}-x"
  tags   = { "Key" = "plain" } // end
}
"""


def stretches(file: PatternFile) -> list[tuple[str, int, bool, bool]]:
    return [
        (file.text[each.start : each.end], each.line, each.comment, each.whole)
        for each in file.stretches
    ]


def test_strings_and_comments_are_stretches_and_labels_are_not() -> None:
    (file,) = setup_pattern("setup", {"main.tf": TEXT.encode()}).files
    assert stretches(file) == [
        ("# über state", 1, True, False),
        ("ümlaut-", 3, False, False),
        ("-x", 3, False, False),
        ("Key", 4, False, True),
        ("plain", 4, False, True),
        ("// end", 4, True, False),
    ]


def test_files_that_cannot_be_followed_are_told_with_their_places() -> None:
    contents = {"a.tf.json": b"{}", "b.tf": b"a = = 1\n", "c.tf": b'c = "d"\n'}
    pattern = setup_pattern("setup", contents)
    assert [each.name for each in pattern.files] == ["c.tf"]
    assert [each.partition(": not valid")[0] for each in pattern.problems] == [
        "`setup/a.tf.json` is JSON",
        "`setup/b.tf:1`",
    ]


def test_a_byte_order_mark_and_bytes_that_are_not_utf_8_are_survived() -> None:
    (file,) = setup_pattern("setup", {"main.tf": b'\xef\xbb\xbf# \xff\na = "b"\n'}).files
    assert file.text == '# \ufffd\na = "b"\n'
    assert stretches(file)[1] == ("b", 2, False, True)


def test_module_files_and_variables_are_followed_and_nothing_else() -> None:
    names = (
        "main.tf",
        "a.tofu",
        "x.auto.tfvars",
        "b.tf.json",
        "package.json",
        "README.md",
        ".terraform.lock.hcl",
    )
    assert [name for name in names if is_followed(name)] == list(names[:4])


def test_the_version_of_the_provider_is_the_first_that_is_pinned() -> None:
    pinned = b'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws", version = "~> 5.9" }\n  }\n}\n'
    other = pinned.replace(b"5.9", b"4.0")
    silent = (
        b'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n'
    )
    assert provider_version({"b.tf": pinned, "c.tf": other, "a.tf": silent}) == "~> 5.9"
    assert provider_version({"a.tf": silent, "x.tfvars": pinned}) is None
