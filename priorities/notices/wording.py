"""Rules in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import NotificationRule
from lsoa.models import Area, Indicator, Patch
from priorities.models import PriorityClass

from .moves import CHANGES

MOST_NAMED = 3


@dataclass(frozen=True)
class Names:
    """What rules speak of: names of areas by code, of patches by (organisation, id), of indicators by code."""

    areas: dict[str, str]
    patches: dict[tuple, str]
    indicators: dict[str, str]


def names_in(rules: Iterable[NotificationRule]) -> Names:
    """In three queries, however many rules there are."""
    conditions = [(rule.organisation_id, rule.condition) for rule in rules]
    codes = {code for _, condition in conditions for code in condition.get("areas") or ()}
    wanted = {(organisation, condition.get("patch")) for organisation, condition in conditions}
    measured = {condition["indicator"] for _, condition in conditions if condition.get("indicator")}
    patches = Patch.objects.filter(  # unscoped: held against each rule's organisation below
        pk__in={patch for _, patch in wanted if patch}
    )
    rows = patches.values_list("pk", "organisation", "name")
    found = {(organisation, str(pk)): name for pk, organisation, name in rows}
    return Names(
        areas=dict(Area.objects.filter(code__in=codes).values_list("code", "name")) if codes else {},
        patches={key: found[key] for key in wanted if key in found},
        indicators=dict(Indicator.objects.filter(code__in=measured).values_list("code", "name")) if measured else {},
    )


def describe_move(rule: NotificationRule, names: Names | None = None) -> str:
    """As a sentence: “An area of Aldermoor city becomes at least urgent.”"""
    condition = rule.condition
    change = CHANGES.get(condition.get("change"), CHANGES["changes"])
    if condition.get("change") in ("reaches", "leaves"):
        change = f"{change} {PriorityClass(condition['class']).label.lower()}"
    return f"{_place(rule, names or names_in([rule]))} {change}."


def told_move(rule: NotificationRule, areas: int) -> str:
    return f"{_areas(areas)}. {describe_move(rule)}"


def describe_figure(rule: NotificationRule, names: Names | None = None) -> str:
    """As a sentence: “An area of Aldermoor city has an IMD score above 40.”"""
    condition = rule.condition
    names = names or names_in([rule])
    name = names.indicators.get(condition.get("indicator"))
    limit = f"{condition.get('limit', 0):g}"
    return f"{_place(rule, names)} goes {condition.get('side', 'above')} {limit} in {name or 'a figure that is gone'}."


def told_figure(rule: NotificationRule, areas: int) -> str:
    return f"{_areas(areas)}. {describe_figure(rule)}"


def preview_words(rule: NotificationRule, occasions: list) -> str:
    """What the rule would have told of in the last 30 days."""
    if not occasions:
        return "In the last 30 days this would have told you nothing."
    times = "once" if len(occasions) == 1 else f"{len(occasions)} times"
    last = timezone.localtime(occasions[-1].at)
    areas = _areas(occasions[-1].areas)
    return f"In the last 30 days this would have told you {times}, last on {last.day} {last:%B} ({areas})."


def _areas(number: int) -> str:
    return "1 area" if number == 1 else f"{number:,} areas"


def _place(rule: NotificationRule, names: Names) -> str:
    codes = rule.condition.get("areas")
    if codes:
        known = sorted(names.areas[code] for code in set(codes) if code in names.areas)[:MOST_NAMED]
        more = len(codes) - len(known)
        return " or ".join(known) + (f" or one of {more} more" if more > 0 else "")
    name = names.patches.get((rule.organisation_id, rule.condition.get("patch")))
    return f"An area of {name or 'a patch that is gone'}"
