"""Periods of retention that an organisation may choose for what is its own, within the bounds of each rule."""

from dataclasses import dataclass

from ..models import Organisation
from ..privacy.retention import days_of, rules_of_choice


@dataclass(frozen=True)
class Period:
    """Rules with the same words are one choice. Days: `usual` without a choice, `own` the choice or None."""

    key: str
    label: str
    rules: tuple[str, ...]
    bounds: tuple[int, int]
    usual: int
    own: int | None


def periods(organisation: Organisation) -> list[Period]:
    """What may be chosen, and what is chosen, in the order in which the apps registered it."""
    by_words: dict[str, list] = {}
    for rule in rules_of_choice():
        by_words.setdefault(rule.what, []).append(rule)
    return [
        Period(
            key=rules[0].name.replace("_", "-"),
            label=words,
            rules=tuple(rule.name for rule in rules),
            bounds=rules[0].bounds,
            usual=days_of(rules[0]),
            own=organisation.retention_days.get(rules[0].name),
        )
        for words, rules in by_words.items()
    ]


def out_of_bounds(days: dict[str, int]) -> str:
    """Words for the first choice that no rule allows; "" for none."""
    known = {rule.name: rule for rule in rules_of_choice()}
    for name, number in days.items():
        if name not in known:
            return f"No period called {name} can be chosen."
        least, most = known[name].bounds
        if not least <= number <= most:
            return f"{known[name].what}: {least} to {most:,} days, not {number:,}."
    return ""
