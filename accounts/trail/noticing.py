"""What the rules find is kept, told and decided. `accounts.trail.unusual` has the rules."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from ..models import Membership, Organisation, UnusualBehaviour, UnusualRule, UnusualState, UnusualThreshold, User
from .recording import SystemActor, pseudonym_of, record
from .unusual import Noticed, look

BY = SystemActor("huey:unusual_behaviour")


class OwnBehaviour(ValueError):
    """Somebody would decide about what they did themselves."""


def notice(day: date) -> list[UnusualBehaviour]:
    """Look through one civil day everywhere; returns what is new. Safe to call again: a day tells once."""
    organisations = Organisation.objects.filter(suspended_at__isnull=True)
    return [
        finding
        for organisation in [*organisations, None]
        for noticed in look(organisation, day)
        if (finding := _keep(organisation, day, noticed)) is not None
    ]


@transaction.atomic
def _keep(organisation, day, noticed: Noticed) -> UnusualBehaviour | None:
    """The new row, told to whoever must know; None where it was known. While nobody has decided, numbers grow."""
    finding, is_new = UnusualBehaviour.objects.get_or_create(
        organisation=organisation,
        rule=noticed.rule,
        day=day,
        actor_id=noticed.actor,
        defaults={"number": noticed.number, "threshold": noticed.threshold, "usual": noticed.usual},
    )
    if not is_new:
        same = UnusualBehaviour.objects.filter(pk=finding.pk, state=UnusualState.OPEN, number__lt=noticed.number)
        same.update(number=noticed.number, usual=noticed.usual)
        return None
    _tell(finding)
    details = {"rule": noticed.rule.label, "number": noticed.number, "threshold": noticed.threshold}
    if noticed.actor:
        details["account"] = noticed.actor
    record(action="unusual.noticed", by=BY, organisation=organisation, target=finding, details=details)
    return finding


def _tell(finding) -> None:
    """The organisation's administrators hear of it, but not of themselves; the platform's where that leaves nobody."""
    from .. import services

    text = f"The audit trail shows something unusual: {finding.get_rule_display().lower()} ({finding.day:%d/%m/%Y})."
    people = [user for user in _administrators(finding.organisation) if pseudonym_of(user) != finding.actor_id]
    where = {"url": "/audit/unusual/", "organisation": finding.organisation}
    services.notify_all(users=people, kind="behaviour.unusual", text=text, **where)
    if not people:
        services.warn_platform(text=text, url="/audit/platform/unusual/")


def _administrators(organisation) -> list[User]:
    if organisation is None:
        return []
    found = Membership.objects.for_organisation(organisation).administrators()
    return [membership.user for membership in found.select_related("user")]


@transaction.atomic
def decide(*, finding: UnusualBehaviour, state: str, note: str, by: User) -> UnusualBehaviour:
    """Write down what a person found out. OwnBehaviour; ValueError for a state that is none, or without a note.

    A decision may be changed: each leaves an entry.
    """
    if state not in (UnusualState.HARMLESS, UnusualState.FOLLOWED_UP) or not note.strip():
        raise ValueError("A decision is harmless or followed up, with a note.")
    finding = UnusualBehaviour.objects.select_for_update().get(pk=finding.pk)
    if finding.actor_id and finding.actor_id == pseudonym_of(by):
        raise OwnBehaviour("This is about what you did. Somebody else has to look at it.")
    finding.state, finding.note = state, note.strip()
    finding.decided_by, finding.decided_at = by, timezone.now()
    finding.save()
    details = {"decision": UnusualState(state).label}
    record(action="unusual.decided", by=by, organisation=finding.organisation, target=finding, details=details)
    return finding


@transaction.atomic
def set_thresholds(*, organisation, numbers: dict[UnusualRule, int | None], by: User) -> dict:
    """From which number on each rule speaks up; None switches it off. Returns what changed, as {rule: (from, to)}."""
    from .unusual import thresholds

    before = thresholds(organisation)
    changed = {rule: (before[rule], number) for rule, number in numbers.items() if before[rule] != number}
    for rule, (_, number) in changed.items():
        UnusualThreshold.objects.update_or_create(organisation=organisation, rule=rule, defaults={"threshold": number})
    if changed:
        details = {
            rule.label: f"{_number(old)} to {_number(new)}" for rule, (old, new) in changed.items()
        }  # fmt: skip
        record(action="unusual.thresholds_changed", by=by, organisation=organisation, details=details)
    return changed


def _number(threshold) -> str:
    return "off" if threshold is None else str(threshold)


def days_to_look_at(now) -> list[date]:
    """Today, and in the first hours yesterday as well: what came after its last look."""
    today = timezone.localdate(now)
    is_early = timezone.localtime(now).hour < 2
    return [today - timedelta(days=1), today] if is_early else [today]
