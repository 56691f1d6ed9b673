"""Every error has a slug of its own and a page that `holdfast explain` can print."""

import re

from holdfast.errors import HoldfastError


def kinds(kind: type[HoldfastError]) -> list[type[HoldfastError]]:
    return [each for direct in kind.__subclasses__() for each in (direct, *kinds(direct))]


def error_mistakes(kind: type[HoldfastError], others: set[str]) -> list[str]:
    mistakes = []
    slug = vars(kind).get("slug")
    if not isinstance(slug, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        mistakes.append("has no slug of its own in lower case and hyphens")
    elif slug in others:
        mistakes.append(f"shares the slug `{slug}`")
    if not (vars(kind).get("__doc__") or "").partition("\n")[0].endswith("."):
        mistakes.append("has no docstring that begins with a sentence")
    return mistakes


def own_errors() -> list[type[HoldfastError]]:
    return [kind for kind in kinds(HoldfastError) if kind.__module__.startswith("holdfast.")]


def test_every_error_has_its_slug_and_its_page() -> None:
    found = {}
    for kind in own_errors():
        others = {other.slug for other in own_errors() if other is not kind}
        found[kind.__name__] = error_mistakes(kind, others)
    assert len(found) > 1
    assert {name: mistakes for name, mistakes in found.items() if mistakes} == {}


def test_an_error_without_slug_and_page_is_noticed() -> None:
    class NamelessError(HoldfastError):
        pass

    class TakenError(HoldfastError):
        """It is taken."""

        slug = "usage"

    assert error_mistakes(NamelessError, set()) == [
        "has no slug of its own in lower case and hyphens",
        "has no docstring that begins with a sentence",
    ]
    assert error_mistakes(TakenError, {"usage"}) == ["shares the slug `usage`"]
