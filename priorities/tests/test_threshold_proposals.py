"""Newer data propose other thresholds; a person looks at them and applies them to a draft, or does not."""

import pytest

from accounts.models import AuditEvent, Notification
from accounts.tests.factories import PlatformAdministratorFactory
from healthequiroute.testing.shared import shared
from lsoa.signals import dataset_loaded
from priorities import services
from priorities.models import ModelVersion
from priorities.tests.factories import make_areas, make_dataset, make_figures, publish, spread
from priorities.threshold_proposals import is_computed, proposal_for

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def areas():
    return make_areas(*spread(101), is_synthetic=True)


@pytest.fixture
@shared
def published(areas):
    return publish()


@pytest.fixture
def editor():
    return PlatformAdministratorFactory()


@pytest.fixture
def newer(areas, published):
    """Travel times half as long, from another dataset."""
    dataset = make_dataset(release="2026")
    make_figures({area: {"gp_travel_minutes": 45.0 * k / 100} for k, area in enumerate(areas)}, dataset)
    return dataset


def test_nothing_is_proposed_while_the_data_are_the_same(published):
    proposal = proposal_for(published)
    assert proposal.is_empty and proposal.thresholds == published.thresholds


def test_newer_data_propose_other_bounds_with_their_source(published, newer):
    (change,) = proposal_for(published).changes
    assert (change.attribute, change.label) == ("GP_TRAVEL", "Travel to a GP practice")
    assert (change.before, change.after) == ((45.0, 72.0), (22.5, 36.0))
    assert change.datasets == ("Made-up figures, 2026",) and change.areas == 101
    # By the bounds in force only one area reaches the first; by the proposed ones 51 do.
    assert change.moved == 51
    assert change.method == "P50 and P80 of the loaded areas"


def test_fixed_bounds_are_not_proposed_anew(areas, published):
    make_figures({area: {"age75_share": 1.0} for area in areas}, make_dataset(release="2026"))
    assert proposal_for(published).is_empty
    assert not is_computed(published.thresholds["AGE75"]) and is_computed(published.thresholds["GP_TRAVEL"])


def test_bounds_computed_before_recipes_were_kept_are_computed_the_same_way(published, newer):
    recipe = ("percentiles", "half_width")
    old = {
        name: {key: value for key, value in entry.items() if key not in recipe}
        for name, entry in published.thresholds.items()
    }
    draft = ModelVersion(inputs=published.inputs, thresholds=old)
    assert [change.after for change in proposal_for(draft).changes] == [(22.5, 36.0)]


def test_loading_tells_administrators_and_applies_nothing(published, newer, editor):
    dataset_loaded.send(sender=None, dataset=newer)
    published.refresh_from_db()
    assert "Made-up figures, 2026 was loaded" in published.outdated_because
    assert published.thresholds["GP_TRAVEL"]["bounds"] == [45.0, 72.0]
    assert "could get other thresholds" in Notification.objects.for_user(editor).get().text
    assert ModelVersion.objects.count() == 1


def test_a_person_takes_the_proposal_into_a_draft(published, newer, editor):
    proposal = proposal_for(published)
    draft = services.draft_with_thresholds(version=published, by=editor, digest=proposal.digest)
    assert draft.thresholds["GP_TRAVEL"]["bounds"] == [22.5, 36.0]
    assert draft.thresholds["GP_TRAVEL"]["datasets"] == [str(newer.pk)]
    assert (draft.title, draft.based_on, draft.state) == ("Thresholds from newer data", published, "draft")
    event = AuditEvent.objects.about(draft).first()
    assert event.action == "model.thresholds_applied"
    assert event.details["areas_moved"] == ["GP_TRAVEL: 51"]
    published.refresh_from_db()
    assert published.thresholds["GP_TRAVEL"]["bounds"] == [45.0, 72.0]


def test_some_inputs_of_a_proposal_can_be_applied(published, newer, editor):
    draft = services.new_draft(source=published, by=editor)
    digest = proposal_for(draft).digest
    with pytest.raises(services.PublicationRefused, match="Nothing is proposed for NOBODY"):
        services.apply_thresholds(version=draft, by=editor, revision=0, digest=digest, attributes=["NOBODY"])
    kept = services.apply_thresholds(version=draft, by=editor, revision=0, digest=digest, attributes=["NO_CAR"])
    assert kept.thresholds["GP_TRAVEL"]["bounds"] == [45.0, 72.0]


def test_nobody_applies_what_they_have_not_seen(areas, published, newer, editor):
    draft = services.new_draft(source=published, by=editor)
    seen = proposal_for(draft)
    make_figures({areas[0]: {"gp_travel_minutes": 70.0}}, make_dataset(release="2027"))
    with pytest.raises(services.PublicationRefused, match="data changed after you opened this proposal"):
        services.apply_thresholds(version=draft, by=editor, revision=0, digest=seen.digest)


def test_a_proposal_does_not_overwrite_another_editor(published, newer, editor):
    draft = services.new_draft(source=published, by=editor)
    digest = proposal_for(draft).digest
    services.save_draft(version=draft, by=editor, revision=0, title="Meanwhile")
    with pytest.raises(services.StaleDraft):
        services.apply_thresholds(version=draft, by=editor, revision=0, digest=digest)
