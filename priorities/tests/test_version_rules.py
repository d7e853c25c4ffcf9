"""What holds of versions whatever program writes: every rule is tried in SQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.tests.factories import PlatformAdministratorFactory
from healthequiroute.testing.shared import shared, shared_on_demand
from priorities import services
from priorities.tests.factories import make_areas, publish, spread

pytestmark = pytest.mark.django_db


def update(version, assignment: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE priorities_modelversion SET {assignment} WHERE id = %s", [*values, version.pk])


@pytest.fixture
@shared_on_demand
def people():
    return PlatformAdministratorFactory(), PlatformAdministratorFactory()


@pytest.fixture
@shared
def published(people):
    make_areas(*spread())
    return publish(proposed_by=people[0], published_by=people[1])


@pytest.fixture
@shared
def draft(published, people):
    return services.new_draft(source=published, by=people[0])


@pytest.fixture
def retired(published, draft, people):
    services.publish_version(version=services.propose_version(version=draft, by=people[0], reason="x"), by=people[1])
    published.refresh_from_db()
    return published


@pytest.fixture
def scenario(published, organisation, make_user):
    analyst = make_user(roles=["analyst"])
    return services.new_scenario(source=published, organisation=organisation, title="Winter", by=analyst)


@pytest.mark.parametrize("state", ["review", "published", "retired"])
def test_a_scenario_stays_a_draft(scenario, state):
    with pytest.raises(DatabaseError, match="model_scenario_is_never_in_force|cannot become"):
        update(scenario, "state = %s, reason = 'x', proposed_by_id = created_by_id", state)


def test_a_scenario_has_a_title(scenario):
    with pytest.raises(DatabaseError, match="model_scenario_has_a_title"):
        update(scenario, "title = ''")


def test_a_version_stays_with_whom_it_belongs_to(scenario, draft, organisation):
    with pytest.raises(DatabaseError, match="whose it is cannot change"):
        update(scenario, "organisation_id = NULL")
    with pytest.raises(DatabaseError, match="whose it is cannot change"):
        update(draft, "organisation_id = %s, title = 'x'", organisation.pk)


def test_a_number_is_given_once_to_each_owner(scenario, draft):
    assert (scenario.number, draft.number) == (1, 2)
    with pytest.raises(DatabaseError, match="model_version_number_once"):
        update(draft, "number = 1")


def test_a_proposal_has_a_reason_and_a_person(draft, people):
    with pytest.raises(DatabaseError, match="model_proposed_for_a_reason"):
        update(draft, "state = 'review', reason = '', proposed_by_id = %s", people[0].pk)
    with pytest.raises(DatabaseError, match="model_in_review_names_who_proposed"):
        update(draft, "state = 'review', reason = 'x'")


def test_a_draft_is_not_published_past_the_review(draft, people):
    with pytest.raises(DatabaseError, match="draft cannot become published"):
        update(
            draft,
            "state = 'published', reason = 'x', proposed_by_id = %s, published_by_id = %s, published_at = now()",
            people[0].pk,
            people[1].pk,
        )


def test_one_person_does_not_publish_alone(draft, people):
    proposed = services.propose_version(version=draft, by=people[0], reason="x")
    with pytest.raises(DatabaseError, match="model_published_by_two_people|model_one_published_version"):
        update(proposed, "state = 'published', published_by_id = %s, published_at = now()", people[0].pk)


def test_one_version_of_a_model_is_in_force(retired):
    with pytest.raises(DatabaseError, match="model_one_published_version"):
        update(
            retired,
            "state = 'published', restored_at = now(), restored_because = 'x', restored_by_id = proposed_by_id",
        )


@pytest.mark.parametrize(
    "assignment",
    [
        "title = 'x'",
        "accepted_conflicts = '{\"PRIORITY\": {}}'",
        "definition = '<DEXi/>'",
        "thresholds = '{\"A\": 1}'",
        "minutes = '{}'",
        "created_at = now()",
        "proposed_at = now()",
        "reason = 'another'",
        "published_at = now()",
        "restored_because = 'never'",
    ],
)
def test_what_was_published_stays_as_it_was(published, assignment):
    with pytest.raises(DatabaseError, match="only a draft can be changed|cannot change|only coming back into force"):
        update(published, assignment)


def test_coming_back_into_force_says_who_when_and_why(retired, draft):
    draft.refresh_from_db()
    update(draft, "state = 'retired'")
    with pytest.raises(DatabaseError, match="who brings it back into force, and when, must be said"):
        update(retired, "state = 'published'")
    with pytest.raises(DatabaseError, match="model_restored_by_somebody_for_a_reason"):
        update(retired, "state = 'published', restored_at = now()")


def test_a_draft_was_never_restored(draft, people):
    with pytest.raises(DatabaseError, match="only coming back into force|model_restored_only_after_publication"):
        update(draft, "restored_at = now(), restored_because = 'x', restored_by_id = %s", people[0].pk)


def test_only_drafts_are_deleted(published, draft):
    with (
        pytest.raises(DatabaseError, match="only a draft can be deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM priorities_modelversion WHERE id = %s", [published.pk])
