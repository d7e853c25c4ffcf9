"""From draft to publication by two people, back with a note, and back into force in one step."""

import pytest

from accounts.audit import SystemActor
from accounts.models import AuditEvent, Job, Notification
from accounts.permissions import Role
from accounts.presenters import action_text
from accounts.tests.factories import PlatformAdministratorFactory, UserFactory
from healthequiroute.testing.shared import shared, shared_on_demand
from priorities import services
from priorities.audit_words import ACTIONS
from priorities.models import PriorityScore
from priorities.tests.drafts import contradicting, edited, undefined
from priorities.tests.factories import WORST, make_areas, make_dataset, make_figures, publish, spread

SYSTEM = SystemActor("test:lifecycle")
NEAR = {"no_car_share": 0.0, "gp_travel_minutes": 0.0}
pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def published():
    make_areas(WORST | NEAR, *spread(20), is_synthetic=True)
    return publish()


@pytest.fixture
@shared_on_demand
def author():
    return PlatformAdministratorFactory(full_name="Ann Author")


@pytest.fixture
@shared_on_demand
def reviewer():
    return PlatformAdministratorFactory(full_name="Ron Reviewer")


@pytest.fixture
@shared
def draft(published, author):
    return services.new_draft(source=published, by=author, title="Less for the worst")


def save(draft, by, **changes):
    return services.save_draft(version=draft, by=by, revision=draft.revision, **changes)


def changed(draft, by):
    """A draft in which the worst areas are no longer urgent where access is good."""
    return save(draft, by, definition=edited(draft.definition, "PRIORITY", r45=2))


def texts(person) -> list[str]:
    return list(Notification.objects.for_user(person).values_list("text", flat=True))


class TestProposing:
    def test_it_takes_a_reason_and_tells_the_other_administrators(self, draft, author, reviewer):
        with pytest.raises(services.PublicationRefused, match="Say why"):
            services.propose_version(version=draft, by=author, reason="  ")
        proposed = services.propose_version(version=draft, by=author, reason="Access counts for more")
        assert (proposed.state, proposed.proposed_by, proposed.reason) == ("review", author, "Access counts for more")
        assert proposed.proposed_at is not None
        assert texts(reviewer)[0].endswith("version 2 is proposed for publication and waits for a review.")
        assert texts(author) == []

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda text: undefined(text, "FRAILTY", 3), "Frailty: 1 of 9 rules are not defined"),
            (lambda text: text.replace("urgent", "x").replace("</DEXi>", "<ATTRIBUTE/></DEXi>"), "not finished"),
        ],
    )
    def test_what_is_not_finished_is_not_proposed(self, draft, author, make, message):
        # As a program might have left it: past the checks of saving.
        type(draft).objects.filter(pk=draft.pk).update(definition=make(draft.definition))
        with pytest.raises(services.PublicationRefused, match=message):
            services.propose_version(version=draft, by=author, reason="Try")

    def test_contradictions_that_nobody_accepted_stop_it(self, draft, author):
        type(draft).objects.filter(pk=draft.pk).update(definition=contradicting(draft.definition))
        with pytest.raises(services.PublicationRefused, match="Clinical need: rules contradict each other and nobody"):
            services.propose_version(version=draft, by=author, reason="Try")

    def test_figures_loaded_since_need_thresholds(self, author):
        areas = make_areas(*[{k: v for k, v in row.items() if k != "gp_travel_minutes"} for row in spread(20)])
        draft = services.new_draft(source=publish(), by=author)
        make_figures({area: {"gp_travel_minutes": 5.0 + k} for k, area in enumerate(areas)}, make_dataset())
        with pytest.raises(services.PublicationRefused, match="Travel to a GP practice has no thresholds, though"):
            services.propose_version(version=draft, by=author, reason="Try")


class TestReview:
    def test_a_reviewer_returns_it_with_a_note(self, draft, author, reviewer):
        proposed = services.propose_version(version=draft, by=author, reason="Try")
        with pytest.raises(services.PublicationRefused, match="Say what should be changed"):
            services.return_version(version=proposed, by=reviewer)
        returned = services.return_version(version=proposed, by=reviewer, note="Too much at once")
        assert (returned.state, returned.proposed_by, returned.review_note) == ("draft", None, "Too much at once")
        assert texts(author) == ["LSOA visit priority, version 2 was returned to draft: Too much at once"]
        assert AuditEvent.objects.about(draft).first().action == "model.returned"
        assert save(returned, author, title="Smaller").revision == 1

    def test_the_proposer_withdraws_without_a_note(self, draft, author):
        proposed = services.propose_version(version=draft, by=author, reason="Try")
        assert services.return_version(version=proposed, by=author).state == "draft"
        assert AuditEvent.objects.about(draft).first().action == "model.withdrawn"

    def test_publishing_retires_the_old_version_and_queues_the_scores(self, published, draft, author, reviewer):
        proposed = services.propose_version(version=draft, by=author, reason="Try")
        now = services.publish_version(version=proposed, by=reviewer)
        published.refresh_from_db()
        assert (now.state, now.published_by, published.state) == ("published", reviewer, "retired")
        assert Job.objects.get().payload["model_version"] == str(now.pk)
        event = AuditEvent.objects.about(now).first()
        assert event.action == "model.published" and event.details["retired"] == [1]
        assert texts(author) == ["LSOA visit priority, version 2 was published."]

    def test_contradictions_are_confirmed_by_somebody_else(self, draft, author, reviewer):
        third = PlatformAdministratorFactory()
        definition = contradicting(draft.definition)
        draft = save(draft, reviewer, definition=definition, accepted_conflicts={"CLINICAL_NEED": "On purpose"})
        proposed = services.propose_version(version=draft, by=author, reason="Try")
        with pytest.raises(services.PublicationRefused, match="you accepted that rules contradict"):
            services.publish_version(version=proposed, by=reviewer, confirm_conflicts=True)
        with pytest.raises(services.PublicationRefused, match="Confirm that you have seen them"):
            services.publish_version(version=proposed, by=third)
        now = services.publish_version(version=proposed, by=third, confirm_conflicts=True)
        assert AuditEvent.objects.about(now).first().details["confirmed_conflicts"] == ["CLINICAL_NEED"]


class TestRestoring:
    def test_the_very_version_comes_back_with_its_scores(
        self, published, draft, author, reviewer, django_capture_on_commit_callbacks
    ):
        def urgent():
            return PriorityScore.objects.current().filter(priority=3).count()

        services.score_areas(by=SYSTEM)
        before = urgent()
        proposed = services.propose_version(version=changed(draft, author), by=author, reason="Try")
        with django_capture_on_commit_callbacks(execute=True):
            newer = services.publish_version(version=proposed, by=reviewer)
        assert urgent() < before
        published.refresh_from_db()
        with django_capture_on_commit_callbacks(execute=True):
            restored = services.restore_version(version=published, by=author, reason="Too few urgent areas")
        newer.refresh_from_db()
        assert restored.pk == published.pk and (restored.state, newer.state) == ("published", "retired")
        assert (restored.restored_by, restored.restored_because) == (author, "Too few urgent areas")
        assert restored.published_at == published.published_at and restored.proposed_by == published.proposed_by
        assert urgent() == before
        event = AuditEvent.objects.about(restored).first()
        assert event.action == "model.restored" and event.details["retired"] == [2]

    def test_it_takes_a_reason_a_right_and_a_retired_version(self, published, draft, author, reviewer, make_user):
        with pytest.raises(services.PublicationRefused, match="only a retired version"):
            services.restore_version(version=published, by=author, reason="Try")
        proposed = services.propose_version(version=draft, by=author, reason="Try")
        services.publish_version(version=proposed, by=reviewer)
        with pytest.raises(services.PublicationRefused, match="Say why"):
            services.restore_version(version=published, by=author, reason=" ")
        with pytest.raises(services.PublicationRefused, match="Only a platform administrator"):
            services.restore_version(version=published, by=make_user(roles=list(Role)), reason="Try")

    def test_it_can_come_back_again_and_again(self, published, draft, author, reviewer):
        newer = services.publish_version(
            version=services.propose_version(version=draft, by=author, reason="Try"), by=reviewer
        )
        for version in (published, newer, published):
            assert services.restore_version(version=version, by=author, reason="Back").state == "published"

    def test_newer_data_are_noted_on_it(self, draft, author, reviewer, published):
        services.publish_version(version=services.propose_version(version=draft, by=author, reason="Try"), by=reviewer)
        make_areas(*[row | {"gp_travel_minutes": 500.0} for row in spread(20)], is_synthetic=True)
        restored = services.restore_version(version=published, by=author, reason="Back")
        assert "data changed since its thresholds were computed" in restored.outdated_because
        assert "GP_TRAVEL" in restored.outdated_because and restored.thresholds == published.thresholds


PLATFORM_STEPS = {
    "new_draft": lambda version, by: services.new_draft(source=version, by=by),
    "save_draft": lambda version, by: services.save_draft(version=version, by=by, revision=0, title="x"),
    "delete_draft": lambda version, by: services.delete_draft(version=version, by=by),
    "compute_thresholds": lambda version, by: services.compute_thresholds(version=version, by=by),
    "apply_thresholds": lambda version, by: services.apply_thresholds(version=version, by=by, revision=0, digest=""),
    "draft_with_thresholds": lambda version, by: services.draft_with_thresholds(version=version, by=by, digest=""),
    "import_model": lambda version, by: services.import_model(definition=version.definition, by=by),
    "propose_version": lambda version, by: services.propose_version(version=version, by=by, reason="x"),
    "return_version": lambda version, by: services.return_version(version=version, by=by, note="x"),
    "publish_version": lambda version, by: services.publish_version(version=version, by=by),
    "restore_version": lambda version, by: services.restore_version(version=version, by=by, reason="x"),
}


class TestRights:
    @pytest.mark.parametrize("step", PLATFORM_STEPS)
    def test_no_role_of_an_organisation_touches_the_model_of_all(self, draft, make_user, step):
        people = [make_user(roles=[role]) for role in Role]
        people += [make_user(roles=list(Role)), UserFactory(), PlatformAdministratorFactory(is_active=False)]
        for person in people:
            with pytest.raises(services.PublicationRefused, match="Only a platform administrator"):
                PLATFORM_STEPS[step](draft, person)
        draft.refresh_from_db()
        assert (draft.state, draft.revision, draft.title) == ("draft", 0, "Less for the worst")

    @pytest.mark.parametrize("step", ["propose_version", "return_version", "publish_version", "restore_version"])
    def test_no_program_takes_the_steps_of_people(self, draft, step):
        with pytest.raises(services.PublicationRefused, match="Only a platform administrator"):
            PLATFORM_STEPS[step](draft, SYSTEM)


def test_every_step_has_words_in_the_audit_trail(draft, author, reviewer):
    services.publish_version(
        version=services.propose_version(version=changed(draft, author), by=author, reason="Try"), by=reviewer
    )
    written = set(AuditEvent.objects.filter(target_type="priorities.modelversion").values_list("action", flat=True))
    assert written <= set(ACTIONS)
    assert action_text("model.restored") == "Brought an earlier priority model back into force"
