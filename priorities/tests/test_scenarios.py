"""Scenarios: what an organisation tries for itself. Nobody else sees them, and they never come into force."""

import pytest

from accounts.models import AuditEvent, Notification
from accounts.permissions import Permission, Role
from accounts.tests.factories import PlatformAdministratorFactory
from healthequiroute.testing.shared import shared
from priorities import services
from priorities.models import ModelVersion
from priorities.tests.drafts import edited
from priorities.tests.factories import make_areas, publish, spread
from priorities.threshold_proposals import proposal_for

EDITORS = {Role.ANALYST, Role.ADMINISTRATOR}
pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def published():
    make_areas(*spread(20), is_synthetic=True)
    return publish()


@pytest.fixture
def analyst(make_user):
    return make_user(roles=["analyst"])


@pytest.fixture
def scenario(published, organisation, analyst):
    return services.new_scenario(source=published, organisation=organisation, title="Winter", by=analyst)


def save(version, by, **changes):
    return services.save_draft(version=version, by=by, revision=version.revision, **changes)


class TestScenarios:
    def test_it_begins_with_what_is_in_force(self, scenario, published, organisation, analyst):
        assert (scenario.organisation, scenario.state, scenario.number) == (organisation, "draft", 1)
        assert scenario.based_on == published and scenario.definition == published.definition
        assert str(scenario) == "Winter (scenario 1 of LSOA visit priority)"
        event = AuditEvent.objects.about(scenario).get()
        assert event.action == "scenario.made" and event.organisation_id == organisation.pk

    def test_it_is_changed_and_deleted_by_its_organisation(self, scenario, analyst, make_user):
        saved = save(scenario, make_user(roles=["administrator"]), title="Hard winter")
        saved = save(saved, analyst, definition=edited(saved.definition, "FRAILTY", r1=1))
        assert saved.revision == 2
        assert services.compute_thresholds(version=saved, by=analyst).revision == 3
        services.delete_scenario(version=saved, by=analyst)
        actions = list(AuditEvent.objects.about(scenario).values_list("action", flat=True))
        assert actions[0] == "scenario.deleted" and actions.count("scenario.edited") == 2

    def test_a_scenario_keeps_a_title(self, scenario, analyst, published, organisation):
        with pytest.raises(services.DraftInvalid, match="needs a title"):
            save(scenario, analyst, title=" ")
        with pytest.raises(services.DraftInvalid, match="needs a title"):
            services.new_scenario(source=published, organisation=organisation, title="", by=analyst)

    def test_it_never_comes_into_force(self, scenario):
        administrator = PlatformAdministratorFactory()
        with pytest.raises(services.PublicationRefused, match="belongs to an organisation"):
            services.propose_version(version=scenario, by=administrator, reason="Try")

    def test_it_does_not_count_as_a_version_of_the_model(self, scenario, analyst, published):
        administrator = PlatformAdministratorFactory()
        assert services.new_draft(source=published, by=administrator).number == 2
        assert services.install_default_model(by=administrator).organisation is None
        assert scenario not in ModelVersion.objects.national()

    def test_drafts_of_the_platform_are_not_for_scenarios(self, published, organisation, analyst):
        draft = services.new_draft(source=published, by=PlatformAdministratorFactory())
        with pytest.raises(services.PublicationRefused, match="begins with a published version"):
            services.new_scenario(source=draft, organisation=organisation, title="x", by=analyst)

    def test_a_file_can_become_a_scenario(self, published, organisation, analyst):
        scenario = services.import_model(definition=published.definition, by=analyst, organisation=organisation)
        assert scenario.organisation == organisation and scenario.title == "From a file: LSOA visit priority"


class TestRights:
    STEPS = {
        "save": lambda version, by: save(version, by, title="Theirs"),
        "delete": lambda version, by: services.delete_scenario(version=version, by=by),
        "hand over": lambda version, by: services.to_national_draft(version=version, by=by, reason="Look"),
        "thresholds": lambda version, by: services.compute_thresholds(version=version, by=by),
        "copy": lambda version, by: services.new_scenario(
            source=version, organisation=version.organisation, title="Copy", by=by
        ),
    }

    @pytest.mark.parametrize("role", Role)
    def test_analysts_and_administrators_edit_scenarios(self, role, make_user, organisation, other_organisation):
        user = make_user(roles=[role])
        assert user.has_perm(Permission.EDIT_SCENARIOS, organisation) == (role in EDITORS)
        assert not user.has_perm(Permission.EDIT_SCENARIOS, other_organisation)
        assert not user.has_perm(Permission.EDIT_MODELS)

    @pytest.mark.parametrize("step", STEPS)
    def test_nobody_else_takes_a_step(self, scenario, step, make_user, other_organisation):
        others = [make_user(roles=[role]) for role in Role if role not in EDITORS]
        others += [make_user(roles=list(Role), organisation=other_organisation), PlatformAdministratorFactory()]
        for person in others:
            with pytest.raises(services.PublicationRefused, match="Only an analyst or administrator of Northgate"):
                self.STEPS[step](scenario, person)
        scenario.refresh_from_db()
        assert (scenario.title, scenario.revision) == ("Winter", 0)

    def test_another_organisation_neither_sees_nor_copies_it(self, scenario, make_user, other_organisation):
        person = make_user(roles=["analyst"], organisation=other_organisation)
        assert not ModelVersion.objects.scenarios_of(other_organisation).exists()
        assert not ModelVersion.objects.scenarios_of(None).exists()
        with pytest.raises(services.PublicationRefused, match="another of your own|begins with a published"):
            services.new_scenario(source=scenario, organisation=other_organisation, title="Mine", by=person)

    def test_a_platform_administrator_takes_no_copy_unasked(self, scenario):
        with pytest.raises(services.PublicationRefused, match="they can hand a copy over"):
            services.new_draft(source=scenario, by=PlatformAdministratorFactory())


class TestHandingOver:
    def test_platform_administrators_get_a_copy(self, scenario, analyst, published):
        administrator = PlatformAdministratorFactory()
        saved = save(scenario, analyst, definition=edited(scenario.definition, "FRAILTY", r1=1))
        draft = services.to_national_draft(version=saved, by=analyst, reason="It served us well in winter")
        assert (draft.organisation, draft.number, draft.title) == (None, 2, "Winter")
        assert draft.definition == saved.definition and draft.reason == "It served us well in winter"
        # What it is compared with is the version in force, never a row of the organisation.
        assert draft.based_on == published
        assert "Winter" in Notification.objects.for_user(administrator).first().text
        assert AuditEvent.objects.about(saved).first().action == "scenario.handed_over"
        assert services.propose_version(version=draft, by=administrator).state == "review"

    def test_it_takes_a_reason_and_a_scenario(self, scenario, analyst, published):
        with pytest.raises(services.PublicationRefused, match="Say why"):
            services.to_national_draft(version=scenario, by=analyst, reason="")
        with pytest.raises(services.PublicationRefused, match="is no scenario"):
            services.to_national_draft(version=published, by=analyst, reason="x")

    def test_a_copy_of_a_copy_still_leads_to_the_model_of_all(self, scenario, analyst, published, organisation):
        copy = services.new_scenario(source=scenario, organisation=organisation, title="Again", by=analyst)
        assert copy.based_on == scenario
        assert services.to_national_draft(version=copy, by=analyst, reason="Look").based_on == published


def test_an_organisation_applies_proposed_thresholds_to_its_scenario(scenario, analyst):
    proposal = proposal_for(scenario)
    assert proposal.is_empty
    make_areas(*[row | {"gp_travel_minutes": 300.0} for row in spread(20)], is_synthetic=True)
    proposal = proposal_for(scenario)
    saved = services.apply_thresholds(version=scenario, by=analyst, revision=0, digest=proposal.digest)
    assert saved.thresholds["GP_TRAVEL"]["bounds"] == proposal.thresholds["GP_TRAVEL"]["bounds"]
