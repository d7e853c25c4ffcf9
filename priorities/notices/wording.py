"""Rules in words."""

from django.utils import timezone

from accounts.models import NotificationRule
from lsoa.models import Area, Indicator, Patch
from priorities.models import PriorityClass

from .moves import CHANGES

MOST_NAMED = 3


def describe_move(rule: NotificationRule) -> str:
    """As a sentence: “An area of Aldermoor city becomes at least urgent.”"""
    condition = rule.condition
    change = CHANGES.get(condition.get("change"), CHANGES["changes"])
    if condition.get("change") in ("reaches", "leaves"):
        change = f"{change} {PriorityClass(condition['class']).label.lower()}"
    return f"{_place(rule)} {change}."


def told_move(rule: NotificationRule, areas: int) -> str:
    return f"{_areas(areas)}. {describe_move(rule)}"


def describe_figure(rule: NotificationRule) -> str:
    """As a sentence: “An area of Aldermoor city has an IMD score above 40.”"""
    condition = rule.condition
    name = Indicator.objects.filter(code=condition.get("indicator")).values_list("name", flat=True).first()
    limit = f"{condition.get('limit', 0):g}"
    return f"{_place(rule)} goes {condition.get('side', 'above')} {limit} in {name or 'a figure that is gone'}."


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


def _place(rule: NotificationRule) -> str:
    codes = rule.condition.get("areas")
    if codes:
        names = list(Area.objects.filter(code__in=codes).order_by("name").values_list("name", flat=True)[:MOST_NAMED])
        more = len(codes) - len(names)
        return " or ".join(names) + (f" or one of {more} more" if more > 0 else "")
    patches = Patch.objects.for_organisation(rule.organisation)
    name = patches.filter(pk=rule.condition.get("patch")).values_list("name", flat=True).first()
    return f"An area of {name or 'a patch that is gone'}"
