"""Who belongs to an organisation, with which roles, and who may change that."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import audit, services
from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.permissions import Permission, Role

SYSTEM = audit.SystemActor("test")


def grant(user, organisation, *roles, by=SYSTEM):
    return services.grant_roles(user=user, organisation=organisation, roles=roles, by=by)


@pytest.mark.django_db
class TestServices:
    def test_roles_give_permissions_in_their_organisation_only(self, organisation, other_organisation, make_user):
        user = make_user()
        grant(user, organisation, "planner", "approver")
        assert user.has_perm(Permission.EDIT_PLANS, organisation)
        assert user.has_perm(Permission.APPROVE_PLANS.value, organisation)
        assert not user.has_perm(Permission.EDIT_PLANS, other_organisation)
        assert not user.has_perm(Permission.EDIT_PLANS)
        assert not user.has_perm(Permission.LOAD_DATA)

    def test_a_change_of_roles_counts_at_once_and_names_both_sides(self, organisation, make_user):
        user, administrator = make_user(), make_user(roles=["administrator"])
        grant(user, organisation, "planner", by=administrator)
        assert user.has_perm(Permission.EDIT_PLANS, organisation)
        grant(user, organisation, "viewer", by=administrator)
        assert not user.has_perm(Permission.EDIT_PLANS, organisation)
        event = AuditEvent.objects.filter(action="member.roles_granted").first()
        assert event.actor_id == str(administrator.pseudonym.actor_id)
        assert event.details == {"account": str(user.pseudonym.actor_id), "from": ["planner"], "to": ["viewer"]}

    def test_nobody_changes_their_own_roles(self, organisation, make_user):
        make_user(roles=["administrator"])
        administrator = make_user(roles=["administrator"])
        with pytest.raises(services.RefusedChange, match="your own roles"):
            grant(administrator, organisation, "administrator", "approver", by=administrator)
        with pytest.raises(services.RefusedChange):
            services.remove_member(membership=administrator.memberships.get(), by=administrator)

    @pytest.mark.parametrize("service", [services.suspend_member, services.remove_member])
    def test_the_last_administrator_stays(self, organisation, make_user, service):
        administrator = make_user(roles=["administrator"])
        with pytest.raises(services.RefusedChange, match="without an administrator"):
            service(membership=administrator.memberships.get(), by=SYSTEM)
        with pytest.raises(services.RefusedChange, match="without an administrator"):
            grant(administrator, organisation, "viewer")

    def test_a_suspended_member_has_no_rights_until_restored(self, organisation, make_user):
        user = make_user(roles=["planner"])
        membership = services.suspend_member(membership=user.memberships.get(), by=SYSTEM)
        assert not User.objects.get(pk=user.pk).has_perm(Permission.VIEW_PLANS, organisation)
        services.restore_member(membership=membership, by=SYSTEM)
        assert User.objects.get(pk=user.pk).has_perm(Permission.VIEW_PLANS, organisation)

    def test_unknown_roles_and_none_at_all_are_refused(self, organisation, make_user):
        with pytest.raises(ValueError, match="emperor"):
            grant(make_user(), organisation, "emperor")
        with pytest.raises(services.RefusedChange):
            grant(make_user(), organisation)

    def test_platform_administrators_hold_platform_rights_and_see_common_data(
        self, organisation, platform_administrator
    ):
        assert platform_administrator.has_perm(Permission.PUBLISH_MODELS)
        assert platform_administrator.has_perm(Permission.VIEW_AREAS)
        assert not platform_administrator.has_perm(Permission.VIEW_PLANS, organisation)

    def test_a_closed_account_has_no_rights(self, organisation, make_user, platform_administrator):
        for user in (make_user(roles=list(Role)), platform_administrator):
            user.is_active = False
            assert not any(user.has_perm(permission, organisation) for permission in Permission)


@pytest.mark.django_db
class TestConstraints:
    @pytest.mark.parametrize("roles", [[], ["emperor"], ["viewer", "emperor"]])
    def test_roles_are_known_and_at_least_one(self, make_user, roles):
        make_user(roles=["viewer"])
        with pytest.raises(IntegrityError, match="membership_roles_are_known"), transaction.atomic():
            Membership.objects.update(roles=roles)

    def test_one_membership_per_organisation(self, make_user, organisation):
        user = make_user(roles=["viewer"])
        with pytest.raises(IntegrityError, match="membership_once"), transaction.atomic():
            Membership.objects.create(user=user, organisation=organisation, roles=["viewer"])

    def test_addresses_are_lower_case(self, make_user):
        make_user()
        with pytest.raises(IntegrityError, match="user_email_is_lower_case"), transaction.atomic():
            User.objects.update(email="Mixed@example.com")


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_one_another(make_user, organisation):
    both = [make_user(roles=["administrator"]), make_user(roles=["administrator"])]
    together, outcomes = threading.Barrier(2), []

    def remove(actor, target):
        try:
            together.wait(timeout=60)
            services.remove_member(membership=Membership.objects.get(user=target), by=actor)
            outcomes.append("removed")
        except services.RefusedChange:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in (both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(outcomes) == ["refused", "removed"]


@pytest.mark.django_db
class TestPages:
    def test_the_list_shows_members_of_this_organisation_in_plain_english(
        self, client_as, make_user, other_organisation
    ):
        make_user(roles=["field_worker", "safety_reviewer"], full_name="Femi Ade")
        make_user(roles=["planner"], organisation=other_organisation, full_name="Somebody Else")
        page = client_as("administrator").get("/members/").content.decode()
        assert "Femi Ade" in page
        assert "Field worker, Safety reviewer" in page
        assert "Somebody Else" not in page

    def test_the_list_costs_the_same_for_many(self, client_as, make_user, django_assert_max_num_queries):
        for _ in range(20):
            make_user(roles=["planner"])
        client = client_as("administrator")
        with django_assert_max_num_queries(20):
            client.get("/members/")

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
    def test_only_administrators_see_it(self, client_as, role):
        assert client_as(role).get("/members/").status_code == 403

    def test_an_administrator_adds_somebody_new(self, client_as, organisation):
        client = client_as("administrator")
        response = client.post(
            "/members/add/", {"email": "New.Person@example.nhs.uk", "full_name": "New Person", "roles": ["planner"]}
        )
        user = User.objects.get(email="new.person@example.nhs.uk")
        assert response["Location"] == f"/members/{user.memberships.get().pk}/"
        assert user.memberships.get().roles == ["planner"]
        assert not user.has_usable_password()

    def test_adding_somebody_twice_is_explained(self, client_as, make_user):
        user = make_user(roles=["viewer"])
        response = client_as("administrator").post(
            "/members/add/", {"email": user.email, "full_name": "X", "roles": ["planner"]}
        )
        assert "belongs to the organisation already" in response.content.decode()

    def test_an_administrator_changes_roles(self, client_as, make_user):
        membership = make_user(roles=["viewer"]).memberships.get()
        client = client_as("administrator")
        assert 'value="viewer" checked' in client.get(f"/members/{membership.pk}/").content.decode()
        client.post(f"/members/{membership.pk}/", {"roles": ["planner", "approver"]})
        membership.refresh_from_db()
        assert membership.roles == ["planner", "approver"]

    def test_no_role_is_an_error_on_the_page(self, client_as, make_user):
        membership = make_user(roles=["viewer"]).memberships.get()
        response = client_as("administrator").post(f"/members/{membership.pk}/", {})
        assert response.status_code == 422
        assert "Choose at least one role" in response.content.decode()

    def test_suspending_restoring_and_removing(self, client_as, make_user):
        user = make_user(roles=["planner"])
        membership = user.memberships.get()
        client, planner = client_as("administrator"), client_as(user=user)
        client.post(f"/members/{membership.pk}/suspend/", {"reason": "Long leave"})
        assert planner.get("/roles/")["Location"] == "/accounts/login/?next=/roles/"
        planner = client_as(user=user)
        page = planner.get("/roles/")
        assert page.status_code == 403
        assert "You do not belong to an organisation yet" in page.content.decode()
        client.post(f"/members/{membership.pk}/restore/")
        assert planner.get("/roles/").status_code == 200
        client.post(f"/members/{membership.pk}/remove/")
        assert not Membership.objects.filter(pk=membership.pk).exists()

    @pytest.mark.parametrize("action", ["", "suspend/", "restore/", "remove/"])
    def test_members_of_others_do_not_exist_here(self, client_as, make_user, other_organisation, action):
        membership = make_user(roles=["viewer"], organisation=other_organisation).memberships.get()
        response = client_as("administrator").post(f"/members/{membership.pk}/{action}", {"roles": ["planner"]})
        assert response.status_code == 404
        membership.refresh_from_db()
        assert (membership.roles, membership.suspended_at) == (["viewer"], None)

    def test_the_roles_page_says_what_is_yours(self, client_as):
        page = client_as("planner").get("/roles/").content.decode()
        assert page.count(">Yours<") == 1
        assert "Make and change visit plans" in page


@pytest.mark.django_db
class TestSwitchingOrganisation:
    def test_a_member_of_two_chooses_where_to_work(self, client_as, make_user, organisation, other_organisation):
        user = make_user(roles=["auditor"])
        grant(user, other_organisation, "viewer")
        client = client_as(user=user)
        assert client.get("/audit/").status_code == 200
        client.post("/organisation/", {"organisation": str(other_organisation.pk)})
        assert client.get("/audit/").status_code == 403
        assert AuditEvent.objects.for_organisation(other_organisation).filter(action="organisation.switched").exists()

    @pytest.mark.parametrize("wanted", ["other", "nonsense", ""])
    def test_nobody_gets_into_an_organisation_of_others(self, client_as, other_organisation, wanted):
        client = client_as("auditor")
        wanted = str(other_organisation.pk) if wanted == "other" else wanted
        assert client.post("/organisation/", {"organisation": wanted}).status_code == 404

    def test_my_account_lists_them(self, client_as, make_user, organisation, other_organisation):
        user = make_user(roles=["auditor"])
        grant(user, other_organisation, "viewer")
        page = client_as(user=user).get("/my-account/").content.decode()
        assert page.count("Work here") == 1
        assert "You work here now" in page


@pytest.mark.django_db
def test_somebody_without_membership_learns_what_to_do(client_as):
    response = client_as().get("/audit/")
    assert response.status_code == 403
    assert "You do not belong to an organisation yet" in response.content.decode()


@pytest.mark.django_db
def test_an_organisation_has_one_name():
    services.create_organisation(name="One", by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.create_organisation(name="One", by=SYSTEM)
    assert Organisation.objects.count() == 1
