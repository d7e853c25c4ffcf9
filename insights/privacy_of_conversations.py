"""Conversations of somebody who leaves or is erased, how long they are kept, and where a text may name people."""

from django.db.models import Q
from django.db.models.signals import post_delete
from django.utils import timezone

from accounts import audit
from accounts.audit import SystemActor
from accounts.models import Membership
from accounts.privacy.inventory import NotPersonal, OnErasure, PersonalField, declare
from accounts.privacy.retention import RetentionRule, not_held, register_rule
from accounts.privacy.subjects import MentionScope, Person, register_scope

from .models import Conversation

USER = "accounts.user"
DAYS = 365
KEPT_FOR = "A year after the last question, sooner when its owner deletes it or leaves the organisation"
BY = SystemActor("insights:leaving")


def _field(model, name, why, owner, **more):
    return PersonalField(
        f"insights.{model}", name, why, KEPT_FOR, OnErasure.ROW_DELETED, about={USER: owner}, names_others=True, **more
    )


def _due(before):
    # unscoped: retention looks after every organisation
    return Conversation.objects.filter(Q(last_at__lt=before) | Q(deleted_at__isnull=False))


RULE = RetentionRule(
    "conversations",
    "Conversations with Ask, after their last question",
    DAYS,
    _due,
    lambda rows: rows.delete()[1].get("insights.Conversation", 0),
    organisation="organisation",
    people={USER: "owner"},
    bounds=(30, 730),
)


def _rows(model, person: Person):
    path = "organisation" if model is Conversation else "conversation__organisation"
    return model._default_manager.filter(**{f"{path}__in": person.organisations}).select_related()


def let_go(conversations) -> None:
    """Delete these. What a legal hold names goes out of its owner's sight at once, and when the hold ends."""
    not_held(RULE, conversations).delete()
    conversations.update(deleted_at=timezone.now())


def _left(sender, instance, **kwargs) -> None:
    """A membership ended, by a service that has said so in the trail, or with its account."""
    own = Conversation.objects.filter(organisation=instance.organisation_id, owner=instance.user_id)
    found = list(own.values_list("pk", flat=True))
    if not found:
        return
    let_go(own)
    details = {"conversations": len(found)}
    audit.record(action="conversation.owner_left", by=BY, organisation=instance.organisation, details=details)


def register() -> None:
    """Called once, by `personal_data.py`."""
    declare(
        _field("Conversation", "title", "To find a conversation again.", "owner"),
        _field("Conversation", "slots", "So that the next question can leave out area, period and service.", "owner"),
        _field("Message", "text", "What somebody asked, without what points to a person.", "conversation__owner"),
        _field("Message", "content", "The answer as it was given, with its sources.", "conversation__owner"),
        NotPersonal("insights.Message", ("removed",), "Kinds of personal data that were taken out; fixed words."),
    )
    register_rule(RULE)
    # Short references of planning mean nobody in a question.
    register_scope("insights", MentionScope(rows=_rows, knows=lambda row, owner: False))
    post_delete.connect(_left, sender=Membership, dispatch_uid="insights.conversations.leaving")
