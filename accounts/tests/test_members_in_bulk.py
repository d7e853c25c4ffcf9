"""Finding members, changing several at once, and people from a file: looked at first, then all or nothing."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import audit, services
from accounts.models import AuditEvent, Membership, User
from accounts.people import bulk, member_file
from accounts.people.limits import RefusedChange
from accounts.permissions import Role

pytestmark = pytest.mark.django_db
SYSTEM = audit.SystemActor("test")


@pytest.fixture
def administrator(client_as):
    return client_as("administrator", full_name="Ada Administrator")


def names(response) -> list[str]:
    return [row.name for row in response.context["rows"]]


class TestFinding:
    @pytest.fixture(autouse=True)
    def people(self, make_user, other_organisation):
        recently, long_ago = timezone.now(), timezone.now() - timedelta(days=200)
        make_user(roles=["planner"], full_name="Femi Ade", email="femi@example.nhs.uk", last_login=recently)
        make_user(roles=["planner", "approver"], full_name="Gwen Jones", last_login=long_ago)
        make_user(roles=["viewer"], full_name="Hana Ito")
        make_user(roles=["planner"], full_name="Femi Elsewhere", organisation=other_organisation)

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("q=femi", ["Femi Ade"]),
            ("q=EXAMPLE.nhs.uk+femi", ["Femi Ade"]),
            ("q=elsewhere", []),
            ("role=approver", ["Gwen Jones"]),
            ("role=planner&sort=-seen", ["Femi Ade", "Gwen Jones"]),
            ("state=invited&q=hana", ["Hana Ito"]),
            ("state=active&seen=90", ["Gwen Jones"]),
            ("seen=never&role=viewer", ["Hana Ito"]),
            ("role=emperor&q=hana", ["Hana Ito"]),
        ],
    )
    def test_the_address_says_who_is_shown(self, administrator, asked, found):
        assert names(administrator.get(f"/members/?{asked}")) == found

    def test_state_and_link_are_told(self, administrator, organisation):
        membership = Membership.objects.for_organisation(organisation).get(user__full_name="Hana Ito")
        administrator.post(f"/members/{membership.pk}/first-link/")
        assert names(administrator.get("/members/?state=link_made")) == ["Hana Ito"]
        assert "Hana Ito" not in names(administrator.get("/members/?state=invited"))


class TestSeveral:
    @pytest.fixture
    def people(self, make_user):
        return [make_user(roles=["viewer"], full_name=f"Person {letter}").memberships.get() for letter in "ABC"]

    def chosen(self, people, **more):
        return {"member": [membership.pk for membership in people]} | more

    def test_a_preview_names_who_is_affected_and_who_is_not_and_changes_nothing(
        self, administrator, people, organisation
    ):
        services.suspend_member(membership=people[0], by=SYSTEM, reason="Away")
        own = administrator.user.memberships.get()
        data = self.chosen([*people, own], action="suspend", reason="Moved to another trust")
        page = administrator.post("/members/several/", data).content.decode()
        assert "Suspend: 2 people" in page
        assert "Is suspended already" in page
        assert "This is you" in page
        assert Membership.objects.for_organisation(organisation).suspended().count() == 1

    def test_then_it_is_done_with_one_event_for_each(self, administrator, people):
        data = self.chosen(people, action="suspend", reason="Moved", confirmed="1")
        assert administrator.post("/members/several/", data)["Location"] == "/members/"
        events = AuditEvent.objects.filter(action="member.suspended")
        assert events.count() == 3
        assert "Moved" not in str(list(events.values_list("details", flat=True)))
        people[0].refresh_from_db()
        assert people[0].suspended_reason == "Moved"
        administrator.post("/members/several/", self.chosen(people, action="restore", confirmed="1"))
        assert AuditEvent.objects.filter(action="member.restored").count() == 3

    def test_a_role_is_given_beside_those_that_are_held(self, administrator, people):
        administrator.post("/members/several/", self.chosen(people, action="grant", role="planner", confirmed="1"))
        people[0].refresh_from_db()
        assert people[0].roles == ["viewer", "planner"]

    def test_everybody_who_matches_a_filter(self, administrator, people, make_user, organisation):
        make_user(roles=["planner"], full_name="Quentin")
        data = {"everyone": "1", "list-role": "viewer", "action": "remove"}
        page = administrator.post("/members/several/", data).content.decode()
        assert "Remove from the organisation: 3 people" in page
        assert "Quentin" not in page
        picked = re.findall(r'name="member" value="(\d+)"', page)
        administrator.post("/members/several/", {"member": picked, "action": "remove", "confirmed": "1"})
        left = Membership.objects.for_organisation(organisation).values_list("user__full_name", flat=True)
        assert sorted(left) == ["Ada Administrator", "Quentin"]

    def test_the_last_administrators_are_not_removed_together(self, organisation, make_user):
        both = [make_user(roles=["administrator"], full_name=name) for name in ("One", "Two")]
        memberships = Membership.objects.for_organisation(organisation).order_by("pk")
        lines = bulk.apply(
            organisation=organisation, memberships=memberships, change=bulk.Change(bulk.Action.REMOVE), by=SYSTEM
        )
        assert [bool(line.skipped) for line in lines] == [False, True]
        assert Membership.objects.get().user == both[1]

    def test_a_refusal_in_the_middle_undoes_all(self, organisation, people, monkeypatch):
        refuse_at = people[1].pk
        suspend = services.suspend_member

        def sometimes(*, membership, **more):
            if membership.pk == refuse_at:
                raise RefusedChange("Not this one.")
            return suspend(membership=membership, **more)

        monkeypatch.setattr(services, "suspend_member", sometimes)
        asked = {"organisation": organisation, "change": bulk.Change(bulk.Action.SUSPEND, reason="X"), "by": SYSTEM}
        with pytest.raises(RefusedChange):
            bulk.apply(memberships=Membership.objects.for_organisation(organisation), **asked)
        assert not Membership.objects.for_organisation(organisation).suspended().exists()
        assert not AuditEvent.objects.filter(action="member.suspended").exists()

    def test_members_of_others_cannot_be_chosen(self, administrator, make_user, other_organisation):
        foreign = make_user(roles=["viewer"], organisation=other_organisation).memberships.get()
        data = {"member": [foreign.pk], "action": "remove", "confirmed": "1"}
        answer = administrator.post("/members/several/", data)
        assert answer.status_code == 422
        assert Membership.objects.filter(pk=foreign.pk).exists()

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"action": "grant"}, "Choose the role"),
            ({"action": "suspend"}, "Say why they are suspended"),
            ({}, "Choose what to do"),
            ({"action": "remove", "member": []}, "Choose at least one person"),
        ],
    )
    def test_what_is_missing_is_asked_for(self, administrator, people, data, words):
        answer = administrator.post("/members/several/", self.chosen(people) | data)
        assert answer.status_code == 422
        assert words in answer.content.decode()

    def test_there_is_an_upper_limit(self, organisation, people, monkeypatch):
        monkeypatch.setattr(bulk, "MOST", 2)
        with pytest.raises(RefusedChange, match="At most 2"):
            bulk.preview(
                organisation=organisation,
                memberships=Membership.objects.for_organisation(organisation),
                change=bulk.Change(bulk.Action.RESTORE),
                by=SYSTEM,
            )


class TestSuspensionsThatEnd:
    def test_rights_come_back_by_themselves_and_the_trail_says_so(self, organisation, make_user):
        user = make_user(roles=["planner"])
        until = timezone.now() + timedelta(days=3)
        services.suspend_member(membership=user.memberships.get(), by=SYSTEM, reason="Leave", until=until)
        assert not User.objects.get(pk=user.pk).has_perm("plans.view", organisation)
        assert services.end_past_suspensions(by=SYSTEM) == 0
        past = timezone.now() - timedelta(minutes=1)
        user.memberships.update(suspended_at=past - timedelta(days=1), suspended_until=past)
        assert User.objects.get(pk=user.pk).has_perm("plans.view", organisation)
        assert services.end_past_suspensions(by=SYSTEM) == 1
        membership = user.memberships.get()
        assert (membership.suspended_at, membership.suspended_reason) == (None, "")
        assert AuditEvent.objects.filter(action="member.suspension_ended").count() == 1

    def test_the_page_takes_a_reason_and_a_day(self, administrator, make_user):
        membership = make_user(roles=["viewer"]).memberships.get()
        page = administrator.post(f"/members/{membership.pk}/suspend/", {})
        assert page.status_code == 422
        assert "Say why the person is suspended" in page.content.decode()
        day = timezone.localdate() + timedelta(days=5)
        data = {"reason": "Parental leave", "until_day": day.day, "until_month": day.month, "until_year": day.year}
        administrator.post(f"/members/{membership.pk}/suspend/", data)
        membership.refresh_from_db()
        assert timezone.localtime(membership.suspended_until).date() == day
        page = administrator.get(f"/members/{membership.pk}/").content.decode()
        assert "Parental leave" in page
        assert "back on" in page


FILE = """full_name,email,roles
Femi Ade,Femi.Ade@example.nhs.uk,planner; approver
Gwen Jones,gwen@example.nhs.uk,Field worker
"""


class TestFile:
    def look(self, client, text):
        file = SimpleUploadedFile("people.csv", text if isinstance(text, bytes) else text.encode(), "text/csv")
        return client.post("/members/import/", {"file": file})

    def test_it_is_shown_and_then_added(self, administrator, organisation):
        page = self.look(administrator, FILE)
        assert not User.objects.filter(email="femi.ade@example.nhs.uk").exists()
        seal = page.context["seal"]
        assert administrator.post("/members/import/people/", {"seal": seal})["Location"] == "/members/"
        added = Membership.objects.for_organisation(organisation).get(user__email="femi.ade@example.nhs.uk")
        assert added.roles == ["planner", "approver"]
        assert added.user.full_name == "Femi Ade"
        assert AuditEvent.objects.get(action="members.imported").details == {"people": 2}

    def test_a_second_click_adds_nobody_twice(self, administrator):
        seal = self.look(administrator, FILE).context["seal"]
        for _ in range(2):
            answer = administrator.post("/members/import/people/", {"seal": seal}, follow=True)
        assert "Nobody was added" in answer.content.decode()
        assert User.objects.filter(email="gwen@example.nhs.uk").count() == 1

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            ("Femi,nonsense,planner", "not an email address"),
            ("Femi,a@example.nhs.uk,emperor", "is no role"),
            ("Femi,a@example.nhs.uk,", "No role is named"),
            (",a@example.nhs.uk,viewer", "The name is missing"),
            ("=HYPERLINK(1),a@example.nhs.uk,viewer", "begins like a formula"),
            ("Femi,@example.nhs.uk,viewer", "begins like a formula"),
            ("Femi,a@example.nhs.uk", "It has 2 columns"),
        ],
    )
    def test_wrong_lines_are_named_and_the_others_can_be_added(self, administrator, row, why):
        page = self.look(administrator, f"full_name,email,roles\nGood,good@example.nhs.uk,viewer\n{row}\n")
        text = page.content.decode()
        assert "Line 3:" in text
        assert why in text
        assert len(page.context["file"].people) == 1

    def test_members_and_repeated_addresses_are_named(self, administrator, make_user):
        make_user(roles=["viewer"], email="here@example.nhs.uk")
        text = (
            "name,e-mail,role\nA,here@example.nhs.uk,viewer\nB,new@example.nhs.uk,viewer\nC,NEW@example.nhs.uk,viewer\n"
        )
        page = self.look(administrator, text).content.decode()
        assert "Belongs to the organisation already" in page
        assert "The same address stands in line 3" in page

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "empty"),
            (b"full_name,email,roles\n", "no rows"),
            (b"name,phone\nA,1\n", "The heading must be"),
            ("full_name,email,roles\nÄ,a@example.nhs.uk,viewer\n".encode("latin-1"), "not UTF-8"),
            (b'full_name,email,roles\n"A,a@example.nhs.uk,viewer\n', "is not CSV"),
            (b"x" * (member_file.MOST_BYTES + 1), "larger than 256 kB"),
        ],
    )
    def test_another_file_is_refused_whole(self, administrator, content, why):
        answer = self.look(administrator, content)
        assert answer.status_code == 422
        assert why in answer.content.decode()

    def test_a_preview_is_for_one_person_and_organisation(self, administrator, client_as, other_organisation):
        seal = self.look(administrator, FILE).context["seal"]
        other = client_as("administrator", organisation=other_organisation)
        for client, text in ((other, seal), (administrator, seal[:-2]), (administrator, "")):
            client.post("/members/import/people/", {"seal": text})
        assert not User.objects.filter(email="gwen@example.nhs.uk").exists()

    def test_domains_and_limits_of_the_organisation_hold(self, administrator, organisation):
        organisation.sign_in_domains = ["trust.nhs.uk"]
        organisation.save()
        assert "address at trust.nhs.uk only" in self.look(administrator, FILE).content.decode()
        organisation.sign_in_domains, organisation.most_members = [], 2
        organisation.save()
        seal = self.look(administrator, FILE).context["seal"]
        answer = administrator.post("/members/import/people/", {"seal": seal}, follow=True)
        assert "may have 2 members at most" in answer.content.decode()

    def test_the_example_can_be_read(self, administrator, organisation):
        text = administrator.get("/members/import/template.csv").content
        assert [person.roles for person in member_file.read(text, organisation).people] == [("planner", "approver")]


def test_adding_one_by_one_keeps_to_domains_and_limits(client_as, organisation):
    client = client_as("administrator")
    data = {"email": "a@elsewhere.example", "full_name": "A", "roles": [Role.VIEWER.value]}
    organisation.sign_in_domains = ["trust.nhs.uk"]
    organisation.save()
    assert "address at trust.nhs.uk only" in client.post("/members/add/", data).content.decode()
    organisation.sign_in_domains, organisation.most_members = [], 1
    organisation.save()
    assert "may have 1 members at most, and 1 are there" in client.post("/members/add/", data).content.decode()
    assert not User.objects.filter(email="a@elsewhere.example").exists()
