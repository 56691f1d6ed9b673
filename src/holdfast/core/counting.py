"""Numbers of things in words. Pure."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Return `1 root`, `2 roots`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
