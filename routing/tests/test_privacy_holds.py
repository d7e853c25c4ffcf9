"""Legal holds: who places and releases them, what they keep, and that somebody looks at them again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import audit, services
from accounts.models import AuditEvent, LegalHold, Membership, Notification
from accounts.people.limits import RefusedChange
from accounts.privacy import holds
from accounts.privacy.erasure import ErasureRefused, erase_person
from accounts.privacy.subjects import person_of_account
from accounts.sessions.marks import CONFIRMED
from routing.tests import factories as make

pytestmark = pytest.mark.django_db
BY = audit.SystemActor("tests")


def day_parts(day) -> dict:
    return {f"review_on_{part}": getattr(day, part) for part in ("day", "month", "year")}


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def asked(**values) -> dict:
    first = {"who": "everything", "reason": "Case 17 at court", "reference": "HC-2026-17"}
    return first | day_parts(in_days(100)) | values


def test_an_administrator_places_reviews_and_releases_one(client_as, organisation):
    admin = client_as("administrator")
    answer = admin.post(reverse("legal-hold-add"), asked())
    hold = LegalHold.objects.get()
    assert answer["Location"] == reverse("legal-hold", args=[hold.pk])
    assert (hold.organisation, hold.placed_by, hold.review_on) == (organisation, admin.user, in_days(100))
    page = admin.get(reverse("legal-holds")).content.decode()
    assert "Everything that the organisation keeps" in page
    assert "HC-2026-17" in page
    assert "Case 17" not in page
    assert "Case 17 at court" in admin.get(answer["Location"]).content.decode()
    admin.post(reverse("legal-hold-keep", args=[hold.pk]), day_parts(in_days(300)))
    assert LegalHold.objects.get().review_on == in_days(300)
    assert admin.post(reverse("legal-hold-release", args=[hold.pk]), {"because": " "}).status_code == 422
    admin.post(reverse("legal-hold-release", args=[hold.pk]), {"because": "The case is closed"})
    hold = LegalHold.objects.get()
    assert (hold.is_in_force, hold.lifted_by, hold.lifted_because) == (False, admin.user, "The case is closed")
    events = AuditEvent.objects.filter(action__startswith="privacy.hold").order_by("sequence")
    assert [event.action for event in events] == [
        *("privacy.hold_placed", "privacy.hold_reviewed", "privacy.hold_released"),
    ]
    assert "court" not in str([event.details for event in events])
    again = admin.post(reverse("legal-hold-release", args=[hold.pk]), {"because": "Once more"})
    assert "not in force any more" in again.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reason": ""}, "Say why the data must stay"),
        ({"who": ""}, "Choose what must stay"),
        ({"who": "accounts.user", "found_by": "nobody@example.org"}, "Nobody in the organisation matches"),
        ({"who": "accounts.user"}, "Give the address or the reference"),
        ({"review_in": 0}, "after today and within a year"),
        ({"review_in": 400}, "after today and within a year"),
    ],
)
def test_what_is_missing_is_said(client_as, values, words):
    # Days are worked out here: these tests have a day of their own, which the list above is read before.
    days = {"review_in": 100} | values
    values = day_parts(in_days(days.pop("review_in"))) | days
    answer = client_as("administrator").post(reverse("legal-hold-add"), asked(**values))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LegalHold.objects.exists()


def test_whom_it_names_is_found_by_address_or_reference_and_in_the_own_organisation_alone(
    client_as, organisation, other_organisation, make_user
):
    admin, member = client_as("administrator"), make_user(roles=["viewer"])
    stranger = make_user(roles=["viewer"], organisation=other_organisation)
    team = make.team(organisation, people=1)
    other_team = make.team(other_organisation, [team.patch.areas.first()], people=1)
    staff = team.staff.get()
    admin.post(reverse("legal-hold-add"), asked(who="accounts.user", found_by=member.email.upper()))
    admin.post(reverse("legal-hold-add"), asked(who="routing.staffmember", found_by=f"{team.name} / {staff.reference}"))
    assert set(LegalHold.objects.values_list("subject_type", "subject_id")) == {
        ("accounts.user", str(member.pk)),
        ("routing.staffmember", str(staff.pk)),
    }
    page = admin.get(reverse("legal-holds")).content.decode()
    assert str(staff) in page
    twice = admin.post(reverse("legal-hold-add"), asked(who="accounts.user", found_by=member.email))
    assert "in force here already" in twice.content.decode()
    foreign = admin.post(reverse("legal-hold-add"), asked(who="accounts.user", found_by=stranger.email))
    assert foreign.status_code == 422
    with pytest.raises(holds.HoldRefused, match="does not belong"):
        holds.place_hold(
            organisation=organisation, subject=("routing.staffmember", str(other_team.staff.get().pk)), reason="So",
            reference="", review_on=in_days(10), by=BY,
        )  # fmt: skip


def test_it_needs_the_right_and_a_fresh_confirmation_and_stays_in_the_organisation(
    client_as, organisation, other_organisation
):
    hold = LegalHold.objects.create(organisation=other_organisation, reason="Theirs")
    admin = client_as("administrator")
    assert admin.get(reverse("legal-hold", args=[hold.pk])).status_code == 404
    assert admin.post(reverse("legal-hold-release", args=[hold.pk]), {"because": "x"}).status_code == 404
    assert client_as("planner", "auditor").get(reverse("legal-holds")).status_code == 403
    session = admin.session
    session.pop(CONFIRMED)
    session.save()
    assert admin.get(reverse("legal-holds")).status_code == 302
    assert LegalHold.objects.get().lifted_at is None


def test_a_person_under_a_hold_is_neither_erased_nor_removed_alone_or_with_others(
    client_as, organisation, make_user, platform_administrator
):
    admin, member, other = client_as("administrator"), make_user(roles=["viewer"]), make_user(roles=["viewer"])
    admin.post(reverse("legal-hold-add"), asked(who="accounts.user", found_by=member.email))
    with pytest.raises(ErasureRefused, match="legal hold"):
        erase_person(person=person_of_account(member), by=platform_administrator, reason="requested")
    membership = member.memberships.get()
    with pytest.raises(RefusedChange, match="legal hold"):
        services.remove_member(membership=membership, by=admin.user)
    asked_for = {"action": "remove", "member": [membership.pk, other.memberships.get().pk]}
    page = admin.post(reverse("members-several"), asked_for).content.decode()
    assert "A legal hold names this person" in page
    admin.post(reverse("members-several"), asked_for | {"confirmed": "1"})
    assert Membership.objects.filter(user=member).exists()
    assert not Membership.objects.filter(user=other).exists()


def test_administrators_are_reminded_of_a_review_once(organisation, make_user):
    admin, planner = make_user(roles=["administrator"]), make_user(roles=["planner"])
    hold = holds.place_hold(
        organisation=organisation, subject=None, reason="A case", reference="", review_on=in_days(5), by=admin
    )
    assert holds.remind_of_reviews(by=BY, day=in_days(4)) == 0
    assert holds.remind_of_reviews(by=BY, day=in_days(5)) == 1
    assert holds.remind_of_reviews(by=BY, day=in_days(6)) == 0
    told = Notification.objects.get(user=admin)
    assert told.url == reverse("legal-hold", args=[hold.pk])
    assert not Notification.objects.filter(user=planner).exists()
    holds.keep_hold(hold=hold, review_on=in_days(50), by=admin)
    assert holds.remind_of_reviews(by=BY, day=in_days(50)) == 1


def test_somebody_without_an_account_is_found_and_gets_a_copy(client_as, organisation, other_organisation, make_user):
    admin = client_as("administrator")
    team = make.team(organisation, people=1)
    staff = team.staff.get()
    found = admin.post(reverse("data-requests"), {"who": "routing.staffmember", "found_by": staff.reference})
    address = {"label": "routing.staffmember", "pk": staff.pk}
    assert found["Location"] == reverse("data-subject", kwargs=address)
    assert str(staff) in admin.get(found["Location"]).content.decode()
    assert (
        "Nobody"
        in admin.post(reverse("data-requests"), {"who": "routing.staffmember", "found_by": "x"}).content.decode()
    )
    foreign = make.team(other_organisation, [team.patch.areas.first()], people=1).staff.get()
    for pk, label in ((foreign.pk, "routing.staffmember"), (staff.pk, "accounts.user"), (staff.pk, "x")):
        assert admin.get(reverse("data-subject", kwargs={"label": label, "pk": pk})).status_code == 404
    staff.user = make_user(roles=["field_worker"])
    staff.save()
    assert admin.post(reverse("data-subject-copy", kwargs=address)).status_code == 404
