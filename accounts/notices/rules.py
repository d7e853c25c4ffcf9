"""Rules: conditions of people and organisations. What they can be about is registered by the apps that know it; here is
who is told when conditions are met, once for each event.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from .. import audit
from ..models import Membership, NotificationRule, RuleEvaluation, User
from ..people.limits import RefusedChange
from ..permissions import Permission, roles_with
from .sending import Message, notify_each

MOST_RULES = 50
RULE_KIND = "rule.met"


@dataclass(frozen=True)
class Occasion:
    """When a rule would have told somebody, and of how many areas."""

    at: datetime
    areas: int


@dataclass(frozen=True)
class Trigger:
    """`describe` gives the condition of a rule in words, and takes the names that a list of rules has looked up;
    `preview` the occasions since a moment on which a rule (saved or not) would have told somebody; `told` the words of
    the message, given the rule and how many areas met it.
    """

    code: str
    label: str
    describe: Callable[..., str]
    preview: Callable[[NotificationRule, datetime], list[Occasion]]
    told: Callable[[NotificationRule, int], str]


_triggers: dict[str, Trigger] = {}


def register_trigger(trigger: Trigger) -> None:
    """Call in AppConfig.ready()."""
    _triggers[trigger.code] = trigger


def trigger_of(rule: NotificationRule) -> Trigger | None:
    """None for a rule whose app is not there any more."""
    return _triggers.get(rule.trigger)


def begin(event: str) -> bool:
    """Whether this event has not been looked at: the answer is yes once. Call inside the transaction that tells."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_ruleevaluation (rule_id, event, evaluated_at, matched) VALUES (NULL, %s, %s, 0) "
            "ON CONFLICT DO NOTHING",
            [event, timezone.now()],
        )
        return cursor.rowcount == 1


@transaction.atomic
def fire(*, event: str, matched: dict[int, int], url: Callable[[NotificationRule], str]) -> int:
    """Tell whoever the rules belong to; returns how many messages there are. `matched`: rule id -> areas that met it.

    Own rules tell their owner while they belong to the organisation and may see areas; the organisation's tell
    everybody who may see its plans. Queries do not grow with the number of rules.
    """
    rules = list(
        NotificationRule.objects.in_force()
        .filter(pk__in=[pk for pk, areas in matched.items() if areas])
        .select_related("organisation")
    )
    RuleEvaluation.objects.bulk_create(
        [RuleEvaluation(rule=rule, event=event, matched=matched[rule.pk]) for rule in rules], ignore_conflicts=True
    )
    people = people_of(rules)
    messages = [
        Message(user, _text(rule, matched[rule.pk]), url(rule), rule.organisation, f"rule:{rule.pk}:{event}"[:120])
        for rule in rules
        for user in people[rule.pk]
    ]
    return notify_each(kind=RULE_KIND, messages=messages)


def _text(rule, areas) -> str:
    trigger = trigger_of(rule)
    words = trigger.told(rule, areas) if trigger else ""
    return f"{rule.name}: {words}"


def people_of(rules: Iterable[NotificationRule]) -> dict[int, list[User]]:
    """Whom each rule tells, in one query."""
    rules = list(rules)
    members = Membership.objects.in_force().filter(  # unscoped: of the organisations of these rules
        organisation__in={rule.organisation_id for rule in rules}, user__is_active=True
    )
    seeing = {role.value for role in roles_with(Permission.VIEW_AREAS)}
    planning = {role.value for role in roles_with(Permission.VIEW_PLANS)}
    by_place: dict = {}
    for member in members.select_related("user").order_by("pk"):
        by_place.setdefault(member.organisation_id, []).append(member)
    found = {}
    for rule in rules:
        here = by_place.get(rule.organisation_id, [])
        if rule.user_id is None:
            found[rule.pk] = [one.user for one in here if planning & set(one.roles)]
        else:
            found[rule.pk] = [one.user for one in here if one.user_id == rule.user_id and seeing & set(one.roles)]
    return found


@transaction.atomic
def save_rule(*, rule: NotificationRule, by: User) -> NotificationRule:
    """Keep a new rule, or a changed one. RefusedChange where there are too many."""
    is_new = rule.pk is None
    if is_new:
        alike = NotificationRule.objects.filter(organisation=rule.organisation, user=rule.user)
        if len(alike.values_list("pk")[: MOST_RULES + 1]) >= MOST_RULES:
            raise RefusedChange(f"There are {MOST_RULES} rules already: delete one first.")
    rule.save()
    action = "notification_rule.made" if is_new else "notification_rule.changed"
    _record(action, rule, by)
    return rule


@transaction.atomic
def delete_rule(*, rule: NotificationRule, by: User) -> None:
    _record("notification_rule.deleted", rule, by)
    rule.delete()


def _record(action, rule, by) -> None:
    details = {"trigger": rule.trigger, "of_organisation": rule.user_id is None, "is_on": rule.is_on}
    audit.record(action=action, by=by, organisation=rule.organisation, target=rule, details=details)


def forget_evaluations(before: datetime) -> int:
    """Evaluations that long ago; returns how many went."""
    return RuleEvaluation.objects.filter(evaluated_at__lt=before).delete()[0]
