"""Lets data go whose time is over: one rule for each kind, with a period of its own, in batches, audited with counts.

An app registers its rules in `personal_data.py`. Periods are days; RETENTION_DAYS changes them. A rule looks for what
is left to do, so that a run which was stopped goes on, and a second run finds nothing. What a legal hold names stays.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from .. import audit
from ..models import LegalHold, Organisation
from . import holds

BATCH = 500


@dataclass(frozen=True)
class RetentionRule:
    """`due`: what is over at a moment; `let_go`: does it to some rows, in a transaction, and returns how many.

    `organisation` leads from a row to its organisation, `people` to people by model label: holds are looked up by them.
    `after`, `due_after`: what this rule finds depends on what another one has done before it in the run. A dry run,
    in which nothing was done, asks `due_after` (the moment, rows of the other rule) instead of `due`.
    `batch`: rows in one transaction.
    `bounds`: fewest and most days that an organisation may choose for what is its own; None where it has no choice.
    """

    name: str
    what: str
    days: int
    due: Callable[[datetime], models.QuerySet]
    let_go: Callable[[models.QuerySet], int]
    organisation: str = ""
    people: dict[str, str] = field(default_factory=dict, hash=False)
    bounds: tuple[int, int] | None = None
    batch: int = BATCH
    after: str = ""
    due_after: Callable[[datetime, models.QuerySet], models.QuerySet] | None = None


_rules: dict[str, RetentionRule] = {}


def register_rule(rule: RetentionRule) -> None:
    _rules[rule.name] = rule


def rules() -> list[RetentionRule]:
    return list(_rules.values())


def days_of(rule: RetentionRule) -> int:
    return settings.RETENTION_DAYS.get(rule.name, rule.days)


def rules_of_choice() -> list[RetentionRule]:
    """Those whose period an organisation may choose for itself."""
    return [rule for rule in rules() if rule.bounds and rule.organisation]


def days_for(rule: RetentionRule, organisation: Organisation) -> int:
    """The organisation's own period, never outside of the bounds; else the usual one."""
    own = organisation.retention_days.get(rule.name)
    if own is None or not rule.bounds:
        return days_of(rule)
    return min(max(own, rule.bounds[0]), rule.bounds[1])


def apply_retention(*, by, dry_run: bool = False, now: datetime | None = None, progress=None) -> dict[str, int]:
    """Rows by rule that were let go (dry run: that would be). One audit event for a run that did something, also
    where it was stopped in the middle. `progress`: called with the rule and its rows so far, after each batch.
    """
    now = now or timezone.now()
    counts = {rule.name: 0 for rule in rules()}

    def told(rule, done):
        counts[rule.name] = done
        if progress is not None:
            progress(rule, done)

    try:
        for rule in rules():
            counts[rule.name] = _apply(rule, now, dry_run, told)
    finally:
        if not dry_run and any(counts.values()):
            audit.record(action="privacy.retention_applied", by=by, details={"counts": counts})
    return counts


def _apply(rule: RetentionRule, now: datetime, dry_run: bool, told) -> int:
    done = 0
    for part in [_due_later(rule, now)] if dry_run and rule.after else _due(rule, now):
        due = not_held(rule, part)
        done = done + due.count() if dry_run else _let_go(rule, due, done, told)
    return done


def _due(rule: RetentionRule, now: datetime) -> Iterator[models.QuerySet]:
    """What is over: by the usual period, and by the own one of each organisation that has chosen one."""
    usual = rule.due(now - timedelta(days=days_of(rule)))
    if not (rule.bounds and rule.organisation):
        yield usual
        return
    own = list(Organisation.objects.filter(retention_days__has_key=rule.name))
    yield usual.exclude(**{f"{rule.organisation}__in": [organisation.pk for organisation in own]}) if own else usual
    for organisation in own:
        due = rule.due(now - timedelta(days=days_for(rule, organisation)))
        yield due.filter(**{rule.organisation: organisation.pk})


def _due_later(rule: RetentionRule, now: datetime) -> models.QuerySet:
    """What will be over once the rule before has done its rows."""
    first = _rules[rule.after]
    done = not_held(first, first.due(now - timedelta(days=days_of(first))))
    return rule.due_after(now - timedelta(days=days_of(rule)), done)


def _let_go(rule: RetentionRule, due: models.QuerySet, done: int, told) -> int:
    """Batch by batch, each in a transaction of its own; `done` are those of before."""
    last = None
    while True:
        rest = due.order_by("pk") if last is None else due.filter(pk__gt=last).order_by("pk")
        keys = list(rest.values_list("pk", flat=True)[: rule.batch])
        if not keys:
            return done
        with transaction.atomic():
            done += rule.let_go(due.model._base_manager.filter(pk__in=keys))
        told(rule, done)
        last = keys[-1]


def not_held(rule: RetentionRule, rows: models.QuerySet) -> models.QuerySet:
    """Without rows that a legal hold in force names."""
    held = Q(pk__in=[])
    for label, ids in holds.held_subjects().items():
        if label in rule.people:
            held |= Q(**{f"{rule.people[label] or 'pk'}__in": ids})
    if rule.organisation:
        whole = LegalHold.objects.in_force().filter(subject_type="").values("organisation")
        held |= Q(**{f"{rule.organisation}__in": whole})
    # By key: a negated condition over several tables would also leave out rows without any of them.
    return rows.exclude(pk__in=rows.model._base_manager.filter(held).values("pk"))
