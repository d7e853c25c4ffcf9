"""Legal holds: data that must stay, because a court, a complaint or an inquiry may ask for them."""

from datetime import date, timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from .. import audit
from ..models import LegalHold, Membership, Organisation, User
from ..notices.sending import notify_all
from .subjects import ACCOUNT, Person, kinds, person_of_account

# Nothing is held for ever without somebody looking at it again.
LONGEST_UNTIL_REVIEW = timedelta(days=366)
WORDS = "A legal hold names {who}. It must be released first."


class HoldRefused(ValueError):
    """Why a hold cannot be placed, kept or released; `field` is the one to put right, "" for none."""

    def __init__(self, words: str, field: str = ""):
        self.field = field
        super().__init__(words)


@transaction.atomic
def place_hold(
    *, organisation: Organisation, subject: tuple[str, str] | None, reason: str, reference: str, review_on: date, by
) -> LegalHold:
    """Hold everything of the organisation (subject None), or of one person: (model label, id as text).

    HoldRefused without a reason, for a review that is not within a year, for somebody who is not the organisation's,
    and where a hold is in force already.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    reason = _reason(reason, "Say why the data must stay.")
    _check_review(review_on)
    label, pk = subject or ("", "")
    if subject and not belongs_to(organisation, label, pk):
        raise HoldRefused(f"This person does not belong to {organisation}.", "who")
    holds = LegalHold.objects.for_organisation(organisation).in_force()
    if holds.filter(subject_type=label, subject_id=pk).exists():
        raise HoldRefused("A legal hold is in force here already.", "who")
    hold = LegalHold.objects.create(
        organisation=organisation, subject_type=label, subject_id=pk, reason=reason, reference=reference.strip(),
        review_on=review_on, placed_by=by if isinstance(by, User) else None,
    )  # fmt: skip
    _record("privacy.hold_placed", hold, by, {"review_on": str(review_on)})
    return hold


@transaction.atomic
def keep_hold(*, hold: LegalHold, review_on: date, by) -> LegalHold:
    """Somebody looked, and it is still needed: until the next review. HoldRefused where it is not in force."""
    hold = _locked(hold)
    _check_review(review_on)
    hold.review_on = review_on
    hold.save(update_fields=["review_on"])
    _record("privacy.hold_reviewed", hold, by, {"review_on": str(review_on)})
    return hold


@transaction.atomic
def release_hold(*, hold: LegalHold, because: str, by) -> LegalHold:
    """From now on periods apply again, and people can be erased. HoldRefused without a reason, or where it is not in
    force.
    """
    hold = _locked(hold)
    hold.lifted_because = _reason(because, "Say why the data need not stay any longer.", "because")
    hold.lifted_at, hold.lifted_by = timezone.now(), by if isinstance(by, User) else None
    hold.save(update_fields=["lifted_because", "lifted_at", "lifted_by"])
    _record("privacy.hold_released", hold, by, {})
    return hold


@transaction.atomic
def remind_of_reviews(*, by, day: date | None = None) -> int:
    """Tell the administrators of holds whose review has come, once for each review. Returns how many holds."""
    due = list(
        LegalHold.objects.to_be_reviewed(day or timezone.localdate())
        .filter(organisation__isnull=False)
        .exclude(reminded_of__isnull=False, reminded_of=F("review_on"))
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("organisation")
    )
    for hold in due:
        notify_all(
            users=_administrators(hold.organisation),
            kind="legal_hold.review",
            text="A legal hold is to be reviewed: is it still needed?",
            url=reverse("legal-hold", args=[hold.pk]),
            organisation=hold.organisation,
        )
        hold.reminded_of = hold.review_on
        hold.save(update_fields=["reminded_of"])
        _record("privacy.hold_review_due", hold, by, {"review_on": str(hold.review_on)})
    return len(due)


def holds_on(person: Person):
    """Legal holds in force that name the person or one of their organisations."""
    named = Q(subject_type="", organisation__in=person.organisations)
    for subject_type, subject_id in person.subjects():
        named |= Q(subject_type=subject_type, subject_id=subject_id)
    return LegalHold.objects.in_force().filter(named)


def refusal(person: Person) -> str:
    """Why nothing of the person may go, in words; "" where nothing is held."""
    if not holds_on(person).exists():
        return ""
    return WORDS.format(who="this person or their organisation")


def refusal_of_account(user: User) -> str:
    return refusal(person_of_account(user))


def held_subjects() -> dict[str, set[str]]:
    """Ids (as text) by model label of everybody whom a hold in force names: an account with its rows in other apps,
    and a row with its account.
    """
    found: dict[str, set[str]] = {}
    for label, pk in LegalHold.objects.in_force().exclude(subject_type="").values_list("subject_type", "subject_id"):
        for each_label, each_pk in [(label, pk), *_same_person(label, pk)]:
            found.setdefault(each_label, set()).add(each_pk)
    return found


def _same_person(label, pk) -> list[tuple[str, str]]:
    if label == ACCOUNT:
        user = User.objects.filter(pk=pk).first()
        return [] if user is None else person_of_account(user).subjects()
    row = kinds[label].row(pk) if label in kinds else None
    account = kinds[label].account_of(row) if row is not None else None
    return [] if account is None else person_of_account(account).subjects()


def belongs_to(organisation: Organisation, label: str, pk: str) -> bool:
    if label == ACCOUNT:
        return Membership.objects.for_organisation(organisation).filter(user=pk).exists()
    return label in kinds and kinds[label].scoped(organisation).filter(pk=pk).exists()


def find_subject(organisation: Organisation, label: str, text: str) -> tuple[str, str]:
    """Whom an email address (accounts) or a reference means. HoldRefused for nobody, and for more than one."""
    text = text.strip()
    if label == ACCOUNT:
        found = Membership.objects.for_organisation(organisation).filter(user__email__iexact=text)
        keys = [str(pk) for pk in found.values_list("user", flat=True)]
    else:
        keys = [str(row.pk) for row in kinds[label].found_by(organisation, text)]
    if not text or not keys:
        raise HoldRefused("Nobody in the organisation matches that.", "found_by")
    if len(keys) > 1:
        raise HoldRefused("More than one person has this reference. Write it as TEAM / REFERENCE.", "found_by")
    return label, keys[0]


def name_of(hold: LegalHold) -> str:
    """Whom it holds, in words, for those who manage holds."""
    if not hold.subject_type:
        return "Everything that the organisation keeps"
    try:
        if hold.subject_type == ACCOUNT:
            return str(User.objects.get(pk=hold.subject_id))
        kind = kinds[hold.subject_type]
        return f"{kind.row(hold.subject_id)} ({kind.words})"
    except (KeyError, ObjectDoesNotExist):
        return "Somebody who is not kept any more"


def _locked(hold: LegalHold) -> LegalHold:
    hold = LegalHold.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=hold.pk)
    if not hold.is_in_force:
        raise HoldRefused("This legal hold is not in force any more.")
    return hold


def _reason(text: str, missing: str, field: str = "reason") -> str:
    text = text.strip()
    if not text:
        raise HoldRefused(missing, field)
    return text


def _check_review(day: date) -> None:
    today = timezone.localdate()
    if not today < day <= today + LONGEST_UNTIL_REVIEW:
        raise HoldRefused("The review must be after today and within a year.", "review_on")


def _administrators(organisation: Organisation):
    members = Membership.objects.for_organisation(organisation).in_force().administrators()
    return User.objects.filter(pk__in=members.values("user"))


def _record(action: str, hold: LegalHold, by, details: dict) -> None:
    """Identifiers and days; reasons lie with the hold, encrypted."""
    subject = {"subject": [hold.subject_type, hold.subject_id]} if hold.subject_type else {}
    audit.record(action=action, by=by, organisation=hold.organisation, target=hold, details=subject | details)
