"""Unusual behaviour is noticed: a few plain rules over one day of the trail, each with a number that people can set.

No rule says that somebody did wrong. A busy day, a new colleague, a stand-in for somebody else look the same: whoever
is told looks, and writes down what it was. OWASP ASVS 4.0.3, 11.1.7 and 11.1.8.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.db.models import CharField, F, Func, QuerySet
from django.db.models.functions import TruncDate

from ..models import UnusualRule, UnusualThreshold
from .reading import LONDON, Filter
from .recording import READING

# How many times as much as usual is unusual.
TIMES_USUAL = 3
# With fewer colleagues who read anything that day, or fewer own days before, there is nothing to compare with.
LEAST_COLLEAGUES = 3
LEAST_DAYS = 5
DAYS_BEFORE = 28
# Civil hours in Europe/London.
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
EXPORTS = (
    *("areas.exported", "plan.file_taken", "audit.exported", "audit.reported", "access_review.exported"),
    *("privacy.copy_fetched", "export.taken"),
)
DEFAULTS = {
    UnusualRule.MANY_PEOPLE: 300,
    UnusualRule.MORE_THAN_BEFORE: 150,
    UnusualRule.REFUSALS: 15,
    UnusualRule.NIGHT_EXPORTS: 3,
    UnusualRule.OTHER_CASELOADS: 50,
    UnusualRule.FAILED_SIGN_INS: 10,
}
# What each number counts, to follow "from ... on".
COUNTED = {
    UnusualRule.MANY_PEOPLE: f"people in a day, and {TIMES_USUAL} times what half of the colleagues looked at",
    UnusualRule.MORE_THAN_BEFORE: f"people in a day, and {TIMES_USUAL} times the person's usual day",
    UnusualRule.REFUSALS: "refusals in a day",
    UnusualRule.NIGHT_EXPORTS: f"files between {NIGHT_BEGINS}:00 and {NIGHT_ENDS:02}:00",
    UnusualRule.OTHER_CASELOADS: "people in a day of teams in which the person neither works nor plans",
    UnusualRule.FAILED_SIGN_INS: "different accounts in a day",
}
OF_PLATFORM = (UnusualRule.REFUSALS, UnusualRule.NIGHT_EXPORTS, UnusualRule.FAILED_SIGN_INS)
OF_ORGANISATION = tuple(rule for rule in UnusualRule if rule != UnusualRule.FAILED_SIGN_INS)


@dataclass(frozen=True)
class Noticed:
    """What a rule found: `actor` a pseudonym ("": nobody in particular), `usual` what it was compared with."""

    rule: UnusualRule
    actor: str
    number: int
    threshold: int
    usual: int | None = None


@dataclass(frozen=True)
class Day:
    """The events of one organisation (None: of the platform) on one civil day."""

    organisation: object
    day: date

    def filter(self, **asked) -> Filter:
        organisation_id = self.organisation.pk if self.organisation is not None else None
        return Filter(organisation_id, since=self.day, until=self.day, **asked)

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.day, time(), LONDON)


# (organisation, pseudonym, ids of people read) -> how many of them belong to teams whose work the person does not do.
_foreign_people: list[Callable[[object, str, set[str]], int]] = []


def count_foreign_people_with(count: Callable[[object, str, set[str]], int]) -> None:
    """Register, from an app that knows teams, how people of other teams are counted. Call in AppConfig.ready()."""
    _foreign_people.append(count)


def thresholds(organisation) -> dict[UnusualRule, int | None]:
    """The number of each rule in force there; None: the rule is off."""
    rules = OF_PLATFORM if organisation is None else OF_ORGANISATION
    own = dict(UnusualThreshold.objects.filter(organisation=organisation).values_list("rule", "threshold"))
    return {rule: own.get(rule.value, DEFAULTS[rule]) for rule in rules}


def look(organisation, day: date) -> list[Noticed]:
    """What the rules that are on find in one day."""
    found, asked = [], Day(organisation, day)
    for rule, threshold in thresholds(organisation).items():
        if threshold is not None:
            found += RULES[rule](asked, threshold)
    return found


def _many_people(asked: Day, threshold: int) -> Iterator[Noticed]:
    read = _people_read(asked)
    for actor, number in read.items():
        others = [each for other, each in read.items() if other != actor]
        usual = int(median(others)) if len(others) >= LEAST_COLLEAGUES else None
        if number >= threshold and (usual is None or number >= TIMES_USUAL * usual):
            yield Noticed(UnusualRule.MANY_PEOPLE, actor, number, threshold, usual)


def _more_than_before(asked: Day, threshold: int) -> Iterator[Noticed]:
    for actor, number in _people_read(asked).items():
        if number < threshold:
            continue
        days = _people_read_before(asked, actor)
        if len(days) >= LEAST_DAYS and number >= TIMES_USUAL * median(days):
            yield Noticed(UnusualRule.MORE_THAN_BEFORE, actor, number, threshold, int(median(days)))


def _refusals(asked: Day, threshold: int) -> Iterator[Noticed]:
    yield from _counted(UnusualRule.REFUSALS, asked.filter(action="access.refused").events(), threshold)


def _night_exports(asked: Day, threshold: int) -> Iterator[Noticed]:
    events = asked.filter().events().filter(action__in=EXPORTS)
    # By the clock on the wall, whatever it does in that night.
    morning, evening = (asked.begins + timedelta(hours=hour) for hour in (NIGHT_ENDS, NIGHT_BEGINS))
    at_night = events.filter(occurred_at__lt=morning) | events.filter(occurred_at__gte=evening)
    yield from _counted(UnusualRule.NIGHT_EXPORTS, at_night, threshold)


def _counted(rule, events, threshold) -> Iterator[Noticed]:
    numbers = Counter(events.filter(actor_kind="user").values_list("actor_id", flat=True).iterator())
    for actor, number in numbers.items():
        if number >= threshold:
            yield Noticed(rule, actor, number, threshold)


def _other_caseloads(asked: Day, threshold: int) -> Iterator[Noticed]:
    for actor, number in _people_read(asked).items():
        if number < threshold:
            continue
        foreign = sum(count(asked.organisation, actor, _subjects(asked, actor)) for count in _foreign_people)
        if foreign >= threshold:
            yield Noticed(UnusualRule.OTHER_CASELOADS, actor, foreign, threshold)


def _failed_sign_ins(asked: Day, threshold: int) -> Iterator[Noticed]:
    failed = asked.filter(action="sign_in.failed").events().values_list("details__account", flat=True)
    number = len(set(failed) - {"unknown", None})
    if number >= threshold:
        yield Noticed(UnusualRule.FAILED_SIGN_INS, "", number, threshold)


def _people_read(asked: Day) -> dict[str, int]:
    """How many different people everybody looked at."""
    return Counter(actor for actor, _ in _readings(asked.filter(action=READING), F("actor_id")))


def _people_read_before(asked: Day, actor: str) -> list[int]:
    """The same of one person for each of their days before on which they looked at anybody."""
    before = Filter(
        asked.filter().organisation_id,
        action=READING,
        actor=actor,
        since=asked.day - timedelta(days=DAYS_BEFORE),
        until=asked.day - timedelta(days=1),
    )
    return list(Counter(day for day, _ in _readings(before, TruncDate("occurred_at", tzinfo=LONDON))).values())


def _readings(asked: Filter, by) -> QuerySet:
    """(group, id of somebody who was read) without repetition, of readings by people; `by` is an expression."""
    subject = Func(
        F("details__subjects"),
        function="jsonb_array_elements_text",
        output_field=CharField(),
        set_returning=True,
    )
    events = asked.events().filter(actor_kind="user")
    return events.annotate(by=by, subject=subject).values_list("by", "subject").distinct()


def _subjects(asked: Day, actor: str) -> set[str]:
    found: set[str] = set()
    events = asked.filter(action=READING, actor=actor).events()
    for subjects in events.values_list("details__subjects", flat=True).iterator():
        found.update(subjects or [])
    return found


RULES: dict[UnusualRule, Callable[[Day, int], Iterator[Noticed]]] = {
    UnusualRule.MANY_PEOPLE: _many_people,
    UnusualRule.MORE_THAN_BEFORE: _more_than_before,
    UnusualRule.REFUSALS: _refusals,
    UnusualRule.NIGHT_EXPORTS: _night_exports,
    UnusualRule.OTHER_CASELOADS: _other_caseloads,
    UnusualRule.FAILED_SIGN_INS: _failed_sign_ins,
}

__all__ = ["COUNTED", "DEFAULTS", "RULES", "Noticed", "count_foreign_people_with", "look", "thresholds"]
