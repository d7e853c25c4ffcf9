"""Reviews of access: an organisation goes through who holds which roles, and somebody else confirms each of them.

The Data Security and Protection Toolkit asks for it (NHS DSPT, assertion 4.2: when user accounts were last audited).
Nobody confirms their own roles. What changes after a confirmation has to be confirmed anew.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from .. import audit, services
from ..models import AccessConfirmation, AccessReview, AuditEvent, Membership, Notification, Organisation
from .limits import RefusedChange

# Administrators are told so long before a review is due, and again so long after they were told.
TOLD_BEFORE = timedelta(days=14)
TOLD_AGAIN = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """One member as the review stands. `confirmed` is None until somebody confirmed the roles that they hold now;
    `was_changed`: others were confirmed before.
    """

    membership: Membership
    confirmed: AccessConfirmation | None
    was_changed: bool
    is_own: bool


@dataclass(frozen=True)
class Due:
    """`last` finished review or None; `on`: the day by which the next has to be finished."""

    last: AccessReview | None
    on: date
    is_overdue: bool
    is_soon: bool


def due(organisation: Organisation) -> Due:
    """When access must have been reviewed again: months after the last review, or after the organisation was made."""
    last = AccessReview.objects.for_organisation(organisation).finished().first()
    on, today = due_on(organisation, last.finished_at if last else None), timezone.localdate()
    return Due(last=last, on=on, is_overdue=on < today, is_soon=today <= on <= today + TOLD_BEFORE)


def due_on(organisation: Organisation, reviewed_at: datetime | None) -> date:
    """The day by which access has to be reviewed, after a review that was finished then or, for None, the first."""
    day = timezone.localdate(reviewed_at or organisation.created_at)
    years, month = divmod(day.month - 1 + organisation.review_months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def members_of(organisation: Organisation):
    """Whoever has rights, or would have them once a suspension ends or an account is opened again."""
    members = Membership.objects.for_organisation(organisation).select_related("user")
    return members.order_by("user__full_name", "user__email", "pk")


def lines(review: AccessReview, reader) -> list[Line]:
    """Everybody who belongs to the organisation now; two queries."""
    confirmed = {each.person_id: each for each in review.confirmations.select_related("confirmed_by")}
    found = []
    for membership in members_of(review.organisation):
        entry = confirmed.get(membership.user_id)
        counts = entry is not None and set(entry.roles) == set(membership.roles)
        is_own = membership.user_id == reader.pk
        found.append(Line(membership, entry if counts else None, entry is not None and not counts, is_own))
    return found


@transaction.atomic
def begin(*, organisation: Organisation, by) -> AccessReview:
    """A new review, or the one that is open."""
    locked = _locked(organisation)
    review = AccessReview.objects.for_organisation(locked).open().first()
    if review is None:
        review = AccessReview.objects.create(organisation=locked, started_by=by)
        audit.record(action="access_review.begun", by=by, organisation=locked, target=review)
    return review


@transaction.atomic
def confirm(*, review: AccessReview, memberships: Iterable[int], by) -> int:
    """Confirm that these members (by id) need the roles that they hold now; one event for each. Returns how many.

    RefusedChange for nobody, for oneself, and once the review is finished.
    """
    review = _locked_review(review)
    chosen = list(members_of(review.organisation).filter(pk__in=list(memberships)))
    if not chosen:
        raise RefusedChange("Tick at least one person.")
    if any(membership.user_id == by.pk for membership in chosen):
        raise RefusedChange("Your own roles are confirmed by another administrator.")
    there = {line.membership.pk for line in lines(review, by) if line.confirmed}
    new = [membership for membership in chosen if membership.pk not in there]
    for membership in new:
        values = {"roles": membership.roles, "confirmed_by": by, "confirmed_at": timezone.now()}
        AccessConfirmation.objects.update_or_create(review=review, person=membership.user, defaults=values)
    for membership in new:
        details = {"account": audit.pseudonym_of(membership.user), "roles": membership.roles}
        organisation = review.organisation
        audit.record(action="access_review.confirmed", by=by, organisation=organisation, target=review, details=details)
    return len(new)


@transaction.atomic
def finish(*, review: AccessReview, by) -> AccessReview:
    """Close the review. RefusedChange while somebody's roles are not confirmed."""
    review = _locked_review(review)
    found = lines(review, by)
    left = [line for line in found if not line.confirmed]
    if left and all(line.is_own for line in left):
        raise RefusedChange(
            "Your own roles are left: another administrator confirms them. Name a second one if there is none."
        )
    if left:
        raise RefusedChange(f"{len(left)} of {len(found)} are not confirmed yet.")
    review.finished_at, review.finished_by = timezone.now(), by
    review.save(update_fields=["finished_at", "finished_by"])
    # Of people who left meanwhile nothing is confirmed: the trail tells that they were removed.
    review.confirmations.exclude(person__in=[line.membership.user_id for line in found]).delete()
    details = {"people": len(found)} | changes_during(review)
    audit.record(
        action="access_review.finished", by=by, organisation=review.organisation, target=review, details=details
    )
    return review


def changes_during(review: AccessReview) -> dict[str, int]:
    """How many changes of roles and removals the trail knows of since the review began and before it ended."""
    events = AuditEvent.objects.for_organisation(review.organisation).filter(occurred_at__gte=review.started_at)
    if review.finished_at:
        events = events.filter(occurred_at__lte=review.finished_at)
    return {
        "roles_changed": events.filter(action="member.roles_granted").count(),
        "removed": events.filter(action="member.removed").count(),
    }


def remind(*, now=None) -> int:
    """Tell the administrators of each organisation whose review is due within two weeks, or late. Returns how many were
    told; whoever was told within the week is not.
    """
    told, now = 0, now or timezone.now()
    url = reverse("access-review")
    for organisation in Organisation.objects.in_force():
        when = due(organisation)
        if not (when.is_soon or when.is_overdue):
            continue
        day = f"{when.on.day} {when.on:%B %Y}"
        text = f"Review who has access: it was due by {day}." if when.is_overdue else f"Review who has access by {day}."
        administrators = Membership.objects.for_organisation(organisation).administrators()
        recent = Notification.objects.filter(url=url, organisation=organisation, created_at__gt=now - TOLD_AGAIN)
        due_to = [one.user for one in administrators.exclude(user__in=recent.values("user")).select_related("user")]
        told += services.notify_all(
            users=due_to, kind="access_review.due", text=text, url=url, organisation=organisation
        )
    return told


def _locked(organisation) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _locked_review(review) -> AccessReview:
    """Waits for changes of roles, too: they hold the organisation."""
    _locked(review.organisation)
    review = AccessReview.objects.select_related("organisation").get(pk=review.pk)
    if review.finished_at is not None:
        raise RefusedChange("This review is finished. Start a new one.")
    return review
