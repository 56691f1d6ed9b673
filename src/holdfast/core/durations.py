"""Lengths of time in words. Pure."""

from __future__ import annotations

from datetime import timedelta

MINUTE_SECONDS = 60
HOUR_SECONDS = 60 * MINUTE_SECONDS
DAY_SECONDS = 24 * HOUR_SECONDS


def duration_words(duration: timedelta) -> str:
    """Return `45 s`, `12 min`, `3 h 12 min` or `2 d 4 h`; less than a second, and less than nothing, is `0 s`."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < MINUTE_SECONDS:
        return f"{seconds} s"
    if seconds < HOUR_SECONDS:
        return f"{seconds // MINUTE_SECONDS} min"
    if seconds < DAY_SECONDS:
        hours, rest = divmod(seconds, HOUR_SECONDS)
        minutes = rest // MINUTE_SECONDS
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, rest = divmod(seconds, DAY_SECONDS)
    hours = rest // HOUR_SECONDS
    return f"{days} d {hours} h" if hours else f"{days} d"
