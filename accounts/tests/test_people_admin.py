"""Looking after people: their page, timeline and notes in an organisation, and accounts for the platform."""

import pytest
from django.db import connection

from accounts import audit, services
from accounts.models import AuditEvent, Membership, Organisation, PersonNote, User
from accounts.people import closing, role_matrix, role_periods
from accounts.people.limits import RefusedChange
from accounts.permissions import Permission, Role
from accounts.tests.factories import OrganisationFactory, PlatformAdministratorFactory
from accounts.tests.files import csv_lines

pytestmark = pytest.mark.django_db
SYSTEM = audit.SystemActor("test")


@pytest.fixture
def administrator(client_as):
    return client_as("administrator", full_name="Ada Administrator")


class TestTimeline:
    def test_what_they_did_and_what_was_done_to_them_here(
        self, administrator, make_user, organisation, other_organisation
    ):
        person = make_user(full_name="Femi Ade")
        membership = services.grant_roles(
            user=person, organisation=organisation, roles=["planner"], by=administrator.user
        )
        services.grant_roles(user=person, organisation=other_organisation, roles=["auditor"], by=SYSTEM)
        audit.record(action="plan.approved", by=person, organisation=organisation)
        audit.record(action="plan.published", by=person, organisation=other_organisation)
        page = administrator.get(f"/members/{membership.pk}/history/")
        assert [row.action for row in page.context["rows"]][-2:] == ["Approved a visit plan", "Gave roles"]
        text = page.content.decode()
        assert "Published" not in text
        assert "Auditor" not in text
        roles = administrator.get(f"/members/{membership.pk}/history/?kind=roles").context["rows"]
        assert [(row.actor, row.action) for row in roles] == [("Ada Administrator", "Gave roles")]

    def test_the_platform_sees_the_account_not_the_work(self, platform_client, make_user, organisation):
        person = make_user()
        services.grant_roles(user=person, organisation=organisation, roles=["planner"], by=SYSTEM)
        audit.record(action="plan.approved", by=person, organisation=organisation)
        rows = platform_client.get(f"/people/{person.pk}/").context["rows"]
        assert [row.action for row in rows] == ["Gave roles"]


class TestRolePeriods:
    def test_each_role_from_when_until_when_and_by_whom(self, administrator, make_user, organisation):
        femi = make_user(roles=["viewer"])
        for roles in (["viewer", "planner"], ["planner", "approver"]):
            services.grant_roles(user=femi, organisation=organisation, roles=roles, by=administrator.user)
        membership = femi.memberships.get()
        found = administrator.get(f"/members/{membership.pk}/").context["periods"]
        told = [(each.role.label, each.since is not None, each.given_by, each.taken_by) for each in found]
        assert told == [
            ("Approver", True, "Ada Administrator", ""),
            ("Planner", True, "Ada Administrator", ""),
            ("Viewer", False, "", "Ada Administrator"),
        ]
        services.remove_member(membership=membership, by=SYSTEM)
        services.grant_roles(user=femi, organisation=organisation, roles=["planner"], by=SYSTEM)
        found = role_periods.periods(femi, organisation)
        assert [(each.role.label, each.until is None) for each in found] == [
            *(("Planner", True), ("Approver", False), ("Planner", False), ("Viewer", False)),
        ]


class TestFourEyes:
    def test_the_platform_gives_itself_no_rights_in_an_organisation(self, platform_client, organisation):
        own = {"full_name": "Me", "email": platform_client.user.email}
        answer = platform_client.post(f"/organisations/{organisation.pk}/administrator/", own)
        assert answer.status_code == 422
        assert "You cannot change your own roles" in answer.content.decode()
        data = {"name": "Mine", "administrator_name": "Me", "administrator_email": own["email"]}
        assert platform_client.post("/organisations/add/", data).status_code == 422
        assert not platform_client.user.memberships.exists()
        assert not Organisation.objects.filter(name="Mine").exists()

    def test_the_only_administrator_gives_up_nothing(self, administrator, organisation):
        own = administrator.user.memberships.get()
        for address, data in (("", {"roles": ["viewer"]}), ("remove/", {}), ("suspend/", {"reason": "Rest"})):
            administrator.post(f"/members/{own.pk}/{address}", data)
        own.refresh_from_db()
        assert (own.roles, own.is_suspended) == (["administrator"], False)
        with pytest.raises(RefusedChange, match="left without an administrator"):
            services.grant_roles(user=own.user, organisation=organisation, roles=["viewer"], by=SYSTEM)


class TestNotes:
    def test_they_are_kept_encrypted_and_by_this_organisation_alone(
        self, administrator, client_as, make_user, organisation, other_organisation
    ):
        person = make_user(roles=["viewer"])
        elsewhere = services.grant_roles(user=person, organisation=other_organisation, roles=["viewer"], by=SYSTEM)
        membership = Membership.objects.for_organisation(organisation).get(user=person)
        administrator.post(f"/members/{membership.pk}/notes/add/", {"text": "Returns in May"})
        assert "Returns in May" in administrator.get(f"/members/{membership.pk}/").content.decode()
        with connection.cursor() as cursor:
            cursor.execute("SELECT text FROM accounts_personnote")
            assert "May" not in cursor.fetchone()[0]
        other = client_as("administrator", organisation=other_organisation)
        assert "Returns in May" not in other.get(f"/members/{elsewhere.pk}/").content.decode()
        note = PersonNote.objects.get()
        assert other.post(f"/members/{elsewhere.pk}/notes/{note.pk}/delete/").status_code == 404
        assert "May" not in str(list(AuditEvent.objects.values_list("details", flat=True)))
        administrator.post(f"/members/{membership.pk}/notes/{note.pk}/delete/")
        assert not PersonNote.objects.exists()
        assert AuditEvent.objects.filter(action="person.note_deleted").count() == 1

    def test_none_about_oneself_and_none_that_is_empty(self, administrator):
        own = administrator.user.memberships.get()
        answer = administrator.post(f"/members/{own.pk}/notes/add/", {"text": "I am great"})
        assert "written by another administrator" in answer.content.decode()
        assert administrator.post(f"/members/{own.pk}/notes/add/", {"text": " "}).status_code == 422

    def test_the_platform_has_its_own(self, platform_client, make_user):
        person = make_user()
        platform_client.post(f"/people/{person.pk}/notes/add/", {"text": "Asked by telephone"})
        note = PersonNote.objects.get()
        assert note.organisation is None
        assert "Asked by telephone" in platform_client.get(f"/people/{person.pk}/").content.decode()
        platform_client.post(f"/people/{person.pk}/notes/{note.pk}/delete/")
        assert not PersonNote.objects.exists()


class TestAccounts:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("q=ade", {"Femi Ade"}),
            ("state=closed", {"Gwen Jones"}),
            ("state=alone", {"Hana Ito"}),
            ("state=platform", {"Petra"}),
            ("q=nobody-at-all", set()),
        ],
    )
    def test_people_are_found(self, platform_client, make_user, asked, found):
        make_user(roles=["viewer"], full_name="Femi Ade")
        make_user(roles=["viewer"], full_name="Gwen Jones", is_active=False)
        make_user(full_name="Hana Ito")
        User.objects.filter(pk=platform_client.user.pk).update(full_name="Petra")
        assert {str(row.person) for row in platform_client.get(f"/people/?{asked}").context["rows"]} == found

    def test_closing_ends_what_is_open_and_opening_gives_it_back(self, platform_client, client_as, organisation):
        client = client_as("administrator")
        person = client.user
        answer = platform_client.post(f"/people/{person.pk}/close/", follow=True)
        assert f"{organisation} has no administrator now" in answer.content.decode()
        assert client.get("/members/").status_code == 302
        person.refresh_from_db()
        assert not person.is_active
        platform_client.post(f"/people/{person.pk}/reopen/")
        assert client_as(user=User.objects.get(pk=person.pk)).get("/members/").status_code == 200
        actions = AuditEvent.objects.filter(action__startswith="person.account").values_list("action", flat=True)
        assert sorted(actions) == ["person.account_closed", "person.account_reopened"]

    def test_not_ones_own_and_not_the_last_of_the_platform(self, platform_client):
        answer = platform_client.post(f"/people/{platform_client.user.pk}/close/", follow=True)
        assert "cannot close or open your own account" in answer.content.decode()
        with pytest.raises(RefusedChange, match="without an administrator"):
            closing.close_account(person=platform_client.user, by=SYSTEM)
        other = PlatformAdministratorFactory()
        closing.close_account(person=other, by=platform_client.user)
        assert not User.objects.get(pk=other.pk).is_active

    def test_signing_somebody_out_everywhere(self, platform_client, client_as):
        client = client_as("viewer")
        assert client.get("/explore/").status_code == 200
        platform_client.post(f"/people/{client.user.pk}/sessions/end/")
        assert client.get("/explore/").status_code == 302

    def test_a_second_factor_that_is_not_there_is_said_so(self, platform_client, make_user):
        address = f"/people/{make_user().pk}/second-factor/reset/"
        assert "had no second factor" in platform_client.post(address, follow=True).content.decode()
        own = f"/people/{platform_client.user.pk}/second-factor/reset/"
        assert "Another administrator" in platform_client.post(own, follow=True).content.decode()

    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
    def test_no_role_of_an_organisation_opens_these_pages(self, client_as, make_user, organisation, role):
        person = make_user()
        for address in ("/people/", f"/people/{person.pk}/", "/organisations/", f"/organisations/{organisation.pk}/"):
            assert client_as(role).get(address).status_code == 403


class TestRolesPage:
    def test_every_right_stands_in_one_group(self):
        listed = [permission for _, permissions in role_matrix.GROUPS for permission in permissions]
        assert sorted(listed) == sorted(Permission)

    def test_names_are_for_those_who_may_know_them(self, client_as, make_user):
        make_user(roles=["planner"], full_name="Femi Ade")
        make_user(roles=["administrator"], full_name="Ada Administrator")
        viewer = client_as("viewer").get("/roles/").content.decode()
        assert "Ada Administrator" in viewer
        assert "Femi Ade" not in viewer
        assert "Femi Ade" in client_as("auditor").get("/roles/").content.decode()
        assert "Publish a priority model" in viewer

    def test_it_is_a_file_too(self, client_as):
        lines = csv_lines(client_as("viewer").get("/roles/roles.csv"))
        assert lines[0][:4] == ["subject", "right", "Viewer", "Analyst"]
        assert len(lines) == 1 + len(Permission)
        publish = next(line for line in lines if "Publish, return and restore" in line[1])
        assert publish[-1] == "yes"


class TestDjangoAdmin:
    def test_memberships_are_only_looked_at(self, platform_client, make_user):
        user = make_user(roles=["administrator"])
        membership = user.memberships.get()
        assert platform_client.get(f"/admin/accounts/membership/{membership.pk}/change/").status_code == 200
        data = {"roles": ["viewer"], "user": user.pk}
        assert platform_client.post(f"/admin/accounts/membership/{membership.pk}/change/", data).status_code == 403
        assert platform_client.get("/admin/accounts/organisation/add/").status_code == 403

    def test_the_last_platform_administrator_stays(self, platform_client):
        user = platform_client.user
        data = {
            "email": user.email,
            "full_name": user.full_name,
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
        }
        page = platform_client.post(f"/admin/accounts/user/{user.pk}/change/", data)
        assert "left without an administrator" in page.content.decode()
        assert User.objects.get(pk=user.pk).is_platform_administrator


def test_somebody_in_two_organisations_is_shown_as_one_account(platform_client, make_user, organisation):
    user = make_user(roles=["viewer"], full_name="Femi Ade")
    services.grant_roles(user=user, organisation=OrganisationFactory(name="Third"), roles=["planner"], by=SYSTEM)
    rows = platform_client.get("/people/?q=femi+ade").context["rows"]
    assert [sorted(str(each[0]) for each in row.memberships) for row in rows] == [
        ["Northgate Community NHS Trust", "Third"]
    ]
