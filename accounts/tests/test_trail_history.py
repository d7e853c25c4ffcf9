"""What happened to rows is kept by the database, whoever changed them, and holds nothing personal."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from pghistory.models import Event

from accounts import services
from accounts.audit import pseudonym_of
from accounts.models import Membership, MembershipHistory, OrganisationHistory, User, UserHistory
from accounts.privacy import inventory
from accounts.tests.factories import MembershipFactory, UserFactory
from accounts.trail import context

HISTORIES = [model for model in apps.get_models() if issubclass(model, Event) and model._meta.managed]


def states(membership):
    rows = MembershipHistory.objects.filter(pgh_obj_id=membership.pk).order_by("pk")
    return [(row.pgh_label, row.roles) for row in rows]


@pytest.mark.django_db
class TestWhatIsKept:
    def test_each_state_of_a_row_until_it_is_deleted(self, organisation):
        membership = MembershipFactory(organisation=organisation, roles=["viewer"])
        membership.roles = ["planner"]
        membership.save()
        pk = membership.pk
        membership.delete()
        membership.pk = pk
        assert states(membership) == [("insert", ["viewer"]), ("update", ["planner"]), ("delete", ["planner"])]

    def test_changes_in_bulk_and_by_raw_sql_are_seen(self, organisation):
        first, second = (MembershipFactory(organisation=organisation, roles=["viewer"]) for _ in range(2))
        Membership.objects.filter(pk__in=[first.pk, second.pk]).update(roles=["analyst"])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_membership SET roles = '{auditor}' WHERE id = %s", [second.pk])
        assert states(first)[-1] == ("update", ["analyst"])
        assert [label for label, _ in states(second)] == ["insert", "update", "update"]
        assert states(second)[-1] == ("update", ["auditor"])

    def test_a_change_of_nothing_that_is_followed_leaves_nothing(self):
        user = UserFactory()
        before = UserHistory.objects.filter(pgh_obj_id=user.pk).count()
        user.full_name = "Another Name"
        user.save()
        assert UserHistory.objects.filter(pgh_obj_id=user.pk).count() == before == 1

    def test_no_switch_of_a_session_keeps_a_change_out(self, organisation):
        membership = MembershipFactory(organisation=organisation, roles=["viewer"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'accounts_membership'::regclass")
            names = ",".join(name for (name,) in cursor.fetchall())
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + names + "}"])
            cursor.execute("CREATE TEMPORARY TABLE accounts_membershiphistory (id int) ON COMMIT DROP")
            cursor.execute("UPDATE public.accounts_membership SET roles = '{auditor}' WHERE id = %s", [membership.pk])
            cursor.execute(
                "SELECT roles FROM public.accounts_membershiphistory WHERE pgh_obj_id = %s AND pgh_label = 'update'",
                [membership.pk],
            )
            assert cursor.fetchall() == [(["auditor"],)]


@pytest.mark.django_db
class TestOnWhoseBehalf:
    def test_a_page_names_the_person_by_pseudonym_and_the_address_by_its_name(self, client_as, organisation):
        membership = MembershipFactory(organisation=organisation, roles=["viewer"])
        client = client_as("administrator")
        client.post(f"/members/{membership.pk}/?secret=typed", {"roles": ["analyst"]})
        row = MembershipHistory.objects.filter(pgh_obj_id=membership.pk, pgh_label="update").get()
        assert row.roles == ["analyst"]
        assert row.pgh_context["actor_kind"] == "user"
        assert row.pgh_context["actor_id"] == pseudonym_of(client.user)
        assert row.pgh_context["url"] == "member-edit"
        assert "typed" not in str(row.pgh_context)
        assert client.user.email not in str(row.pgh_context)

    def test_the_administration_is_seen(self, platform_client, organisation):
        answer = platform_client.post(
            f"/admin/accounts/organisation/{organisation.pk}/change/", {"name": "Renamed Trust", "ods_code": "RX1"}
        )
        row = OrganisationHistory.objects.filter(pgh_obj_id=organisation.pk, pgh_label="update").last()
        if answer.status_code == 302 and row is not None:
            assert row.pgh_context["actor_id"] == pseudonym_of(platform_client.user)

    def test_a_task_of_the_worker_is_a_part_of_the_system(self, organisation):
        membership = MembershipFactory(organisation=organisation, roles=["viewer"])

        class Task:
            name = "tidy"

        task = Task()
        context.task_begins(task)
        Membership.objects.filter(pk=membership.pk).update(roles=["planner"])
        context.task_ended(task, None, None)
        Membership.objects.filter(pk=membership.pk).update(roles=["analyst"])
        rows = MembershipHistory.objects.filter(pgh_obj_id=membership.pk, pgh_label="update").order_by("pk")
        assert rows[0].pgh_context["actor_id"] == "huey:tidy"
        assert rows[1].pgh_context is None

    def test_a_context_does_not_outlive_the_change(self, organisation):
        membership = MembershipFactory(organisation=organisation, roles=["viewer"])
        with context.acting(lambda: {"actor_id": "somebody"}), transaction.atomic():
            Membership.objects.filter(pk=membership.pk).update(roles=["planner"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM accounts_membershiphistory WHERE pgh_context->>'actor_id' = 'somebody'"
            )
            assert cursor.fetchone() == (1,)


@pytest.mark.django_db
@pytest.mark.parametrize("model", HISTORIES, ids=lambda model: model._meta.label)
class TestAppendOnly:
    def test_the_application_may_only_add(self, model):
        table = model._meta.db_table
        for statement in (f"UPDATE {table} SET pgh_label = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)

    def test_nothing_personal_is_kept(self, model):
        kept = {field.name for field in model._meta.fields}
        assert not inventory.personal_field_names(model.pgh_tracked_model) & kept


def test_even_the_owner_is_refused(owner_connection, organisation):
    MembershipFactory(organisation=organisation)
    for statement in (
        "UPDATE accounts_membershiphistory SET pgh_label = 'x'",
        "DELETE FROM accounts_membershiphistory",
        "TRUNCATE accounts_membershiphistory",
    ):
        with pytest.raises(DatabaseError):
            owner_connection.execute(statement)


@pytest.mark.django_db
def test_a_person_who_is_suspended_leaves_a_row_of_each_state(make_user, organisation):
    administrator = make_user(roles=["administrator"])
    membership = MembershipFactory(organisation=organisation, roles=["viewer"])
    services.suspend_member(membership=membership, by=administrator, reason="On leave")
    row = MembershipHistory.objects.filter(pgh_obj_id=membership.pk).last()
    assert row.suspended_at is not None
    assert "On leave" not in str(row.__dict__)
    assert User.objects.filter(pk=membership.user_id).exists()
