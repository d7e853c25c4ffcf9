"""Two people at once: numbers are given once, a draft is saved by one of them, one version comes into force."""

import threading

import pytest
from django.db import connection

from accounts.models import AuditEvent
from accounts.tests.factories import PlatformAdministratorFactory
from priorities import services
from priorities.models import ModelVersion
from priorities.tests.factories import make_areas, publish, spread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published():
    make_areas(*spread(5), is_synthetic=True)
    return publish()


def together(*steps) -> list[str]:
    """Take the steps at the same time, each on a connection of its own; "done" or the name of the refusal of each."""
    start, outcomes = threading.Barrier(len(steps)), []

    def take(step):
        try:
            start.wait(timeout=60)
            step()
            outcomes.append("done")
        except services.PublicationRefused as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(outcomes)


def test_drafts_made_at_once_get_numbers_of_their_own(published):
    people = [PlatformAdministratorFactory() for _ in range(3)]
    steps = [lambda by=by: services.new_draft(source=published, by=by) for by in people]
    assert together(*steps) == ["done"] * 3
    assert sorted(ModelVersion.objects.national().values_list("number", flat=True)) == [1, 2, 3, 4]


def test_of_two_editors_one_is_told(published):
    ann, bob = PlatformAdministratorFactory(), PlatformAdministratorFactory()
    draft = services.new_draft(source=published, by=ann)

    def save(by, title):
        return lambda: services.save_draft(version=draft, by=by, revision=0, title=title)

    assert together(save(ann, "Hers"), save(bob, "His")) == ["StaleDraft", "done"]
    draft.refresh_from_db()
    assert draft.revision == 1 and draft.title in ("Hers", "His")


def test_of_two_publications_the_later_replaces_the_earlier(published):
    ann, bob = PlatformAdministratorFactory(), PlatformAdministratorFactory()
    proposed = [
        services.propose_version(version=services.new_draft(source=published, by=ann), by=ann, reason=f"Try {number}")
        for number in range(2)
    ]
    steps = [
        lambda version=version: services.publish_version(version=version, by=bob, recalculate=False)
        for version in proposed
    ]
    assert together(*steps) == ["done", "done"]
    states = ModelVersion.objects.national().order_by("number").values_list("state", flat=True)
    assert sorted(states) == ["published", "retired", "retired"]


def test_of_two_reviewers_of_one_version_exactly_one_publishes_it(published):
    ann, bob, cat = (PlatformAdministratorFactory() for _ in range(3))
    draft = services.new_draft(source=published, by=ann)
    proposed = services.propose_version(version=draft, by=ann, reason="Try")
    steps = [
        lambda by=by: services.publish_version(version=proposed, by=by, recalculate=False) for by in (ann, bob, cat)
    ]
    assert together(*steps) == ["PublicationRefused", "PublicationRefused", "done"]
    proposed.refresh_from_db()
    assert proposed.published_by in (bob, cat)
    assert AuditEvent.objects.filter(action="model.published", target_id=str(proposed.pk)).count() == 1
