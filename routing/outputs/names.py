"""Meaningful file names."""

from django.utils.text import slugify


def file_name(plan, *parts: str, ending: str) -> str:
    """E.g. "visits-east-nurses-2026-11-23-v3-stops.csv": team, day and version, so that two downloads never look the
    same on a disk. A name holds letters of the alphabet, digits and hyphens only.
    """
    words = ["visits", slugify(plan.team.name)[:40].strip("-"), plan.day.isoformat(), f"v{plan.version}"]
    return f"{'-'.join(word for word in (*words, *map(slugify, parts)) if word)}.{ending}"
