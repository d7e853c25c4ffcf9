"""One person alone does not bring a model into force: by the pages, by the services, by SQL, nor in a race."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import URLPattern, get_resolver

from accounts.models import AuditEvent
from accounts.tests.factories import PlatformAdministratorFactory
from healthequiroute.testing.shared import shared
from priorities import services
from priorities.models import ModelVersion
from priorities.tests.factories import make_areas, publish, spread

from ..test_access_matrix import named_patterns

STEP = "/admin/priorities/modelversion/{}/step/{}/"
pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def proposed(platform_administrator, second_platform_administrator):
    """A version that the first administrator has made and proposed."""
    make_areas(*spread(5))
    source = publish(proposed_by=second_platform_administrator, published_by=platform_administrator)
    draft = services.new_draft(source=source, by=platform_administrator)
    return services.propose_version(version=draft, by=platform_administrator, reason="Try")


def press(client, version, step):
    """The words of the page after a step was pressed; the state that the version is in then."""
    answer = client.post(STEP.format(version.pk, step), {"text": "x", "confirmed": "on"}, follow=True)
    return answer.content.decode(), ModelVersion.objects.get(pk=version.pk).state


def refusals():
    told = AuditEvent.objects.filter(action="model.refused").values_list("details", flat=True)
    return [{name: details[name] for name in ("step", "reason")} for details in told]


def test_one_person_in_two_browsers(client_as, proposed, platform_administrator):
    """The second browser counts for nothing: it is the same person, and the trail says that they tried."""
    browsers = [client_as(user=platform_administrator) for _ in range(2)]
    for browser in browsers:
        words, state = press(browser, proposed, "publish")
        assert "is not possible for you now" in words
        assert state == "review"
    assert refusals() == [{"step": "publish", "reason": "not for them, in review"}] * 2
    assert platform_administrator.email not in str(list(AuditEvent.objects.values()))


def test_whoever_makes_and_proposes_does_not_publish(proposed, platform_administrator):
    with pytest.raises(services.PublicationRefused, match="takes a second administrator"):
        services.publish_version(version=proposed, by=platform_administrator, recalculate=False)
    assert ModelVersion.objects.get(pk=proposed.pk).state == "review"


def test_a_proposal_of_somebody_who_is_no_administrator_any_more(client_as, proposed, platform_administrator):
    """Taken away between the proposal and the publication: neither does it count, nor can they go on themselves."""
    own = client_as(user=platform_administrator)
    type(platform_administrator).objects.filter(pk=platform_administrator.pk).update(is_platform_administrator=False)
    assert own.post(STEP.format(proposed.pk, "publish"), {"text": "x"}).status_code in (302, 403, 404)
    words, state = press(client_as(user=PlatformAdministratorFactory()), proposed, "publish")
    assert "no platform administrator any more" in words
    assert (state, refusals()) == ("review", [{"step": "publish", "reason": "PublicationRefused"}])
    # Returned and proposed by another, it is published.
    first, second = PlatformAdministratorFactory(), PlatformAdministratorFactory()
    returned = services.return_version(version=proposed, by=first, note="Propose it anew")
    again = services.propose_version(version=returned, by=first, reason="Try")
    assert services.publish_version(version=again, by=second, recalculate=False).state == "published"


def test_a_publisher_whose_right_was_taken_away_in_between(client_as, proposed, second_platform_administrator):
    browser = client_as(user=second_platform_administrator)
    assert browser.get(STEP.format(proposed.pk, "publish")).status_code == 200
    people = type(second_platform_administrator).objects.filter(pk=second_platform_administrator.pk)
    people.update(is_platform_administrator=False)
    assert browser.post(STEP.format(proposed.pk, "publish"), {"text": "x"}).status_code in (302, 403, 404)
    second_platform_administrator.refresh_from_db()
    with pytest.raises(services.PublicationRefused, match="Only a platform administrator"):
        services.publish_version(version=proposed, by=second_platform_administrator, recalculate=False)
    assert ModelVersion.objects.get(pk=proposed.pk).state == "review"


def test_the_api_has_no_way_to_it(api_client_as, proposed, second_platform_administrator):
    """Nothing in the API publishes, and a token opens no page of the administration."""
    paths = [str(pattern.pattern) for _, pattern in named_patterns(get_resolver()) if isinstance(pattern, URLPattern)]
    assert not [path for path in paths if "publish" in path and "model" in path and path.startswith("api/")]
    answer = api_client_as(user=second_platform_administrator).post(STEP.format(proposed.pk, "publish"), {"text": "x"})
    assert answer.status_code in (302, 401, 403)
    assert ModelVersion.objects.get(pk=proposed.pk).state == "review"


ALONE = {
    "the proposer": "published_by_id = proposed_by_id",
    "nobody": "published_by_id = NULL",
    "the publisher becomes the proposer": "published_by_id = {other}, proposed_by_id = {other}",
    "nobody proposed": "published_by_id = {other}, proposed_by_id = NULL",
}


@pytest.mark.parametrize("people", ALONE.values(), ids=ALONE.keys())
def test_nor_does_sql(proposed, second_platform_administrator, people):
    """As the application's role, with no other version in the way."""
    people = people.format(other=f"'{second_platform_administrator.pk}'")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE priorities_modelversion SET state = 'retired' WHERE state = 'published'")
        with pytest.raises(DatabaseError, match="model_published_by_two_people|cannot change"), transaction.atomic():
            cursor.execute(
                f"UPDATE priorities_modelversion SET state = 'published', published_at = now(), {people} WHERE id = %s",
                [proposed.pk],
            )
