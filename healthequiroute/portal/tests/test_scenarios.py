"""Scenarios through their pages: made, changed, seen, compared, handed over and deleted by those who may."""

import re

import pytest
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent
from accounts.tests.factories import MembershipFactory, UserFactory
from accounts.tests.sessions import sign_in
from healthequiroute.testing.shared import shared, shared_on_demand
from lsoa.models import Area
from priorities import services
from priorities.models import ModelVersion, PriorityScore
from priorities.tests.factories import (
    DEPRIVED,
    QUIET,
    WORST,
    make_areas,
    make_dataset,
    make_figures,
    publish,
    spread,
)

pytestmark = pytest.mark.django_db
TESTER = audit.SystemActor("tests")
# The root's first rule: everything at its lowest.
LOWEST_RULE = "rule-0-0"
STANDARD = "1"
# A rule that can go down by a class without contradicting another one.
LOOSE_RULE, ROUTINE = "rule-0-6", "0"


@pytest.fixture
@shared
def areas():
    return make_areas(*spread(), QUIET, QUIET, DEPRIVED, WORST)


@pytest.fixture
@shared
def in_force(areas):
    version = publish()
    services.score_areas(by=TESTER)
    return version


@pytest.fixture
@shared_on_demand
def analyst(organisation):
    user = UserFactory()
    MembershipFactory(user=user, organisation=organisation, roles=["analyst"])
    return user


@pytest.fixture
def door(client, analyst):
    client.force_login(analyst)
    return client


@pytest.fixture
@shared
def scenario(in_force, analyst, organisation):
    return services.new_scenario(source=in_force, organisation=organisation, title="Quiet areas count", by=analyst)


def address(scenario, name="scenario"):
    return reverse(name, args=[scenario.pk])


def form_of(response) -> dict:
    """What a browser would send of the form of a scenario."""
    html = response.content.decode()
    html = html[html.index('id="scenario-form"') :]
    html = html[: html.index("</form>")]
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        kind = re.search(r'type="(\w+)"', tag)
        name = re.search(r'\bname="([^"]+)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if not name or (kind and kind[1] in ("radio", "checkbox") and " checked" not in tag):
            continue
        fields[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        fields[name] = chosen[1] if chosen else ""
    return fields


def where_the_lowest_rule_fires() -> list[int]:
    """Indexes of the areas."""
    scores = PriorityScore.objects.current().select_related("area")
    return [score.area.index for score in scores if score.node_rules[0] == 0]


def test_a_scenario_begins_with_the_version_in_force(door, in_force, organisation):
    assert b"has none yet" in door.get(reverse("scenarios")).content
    shown = door.get(reverse("scenario-add"))
    assert f"{in_force} (in force)" in shown.content.decode()
    answer = door.post(reverse("scenario-add"), {"title": "Access counts more", "source": str(in_force.pk)})
    made = ModelVersion.objects.scenarios_of(organisation).get()
    assert answer["Location"] == address(made)
    assert (made.title, made.definition) == ("Access counts more", in_force.definition)
    listed = door.get(reverse("scenarios")).content.decode()
    assert "Access counts more" in listed
    assert str(in_force) in listed


def test_a_scenario_without_a_title_is_not_made(door, in_force):
    answer = door.post(reverse("scenario-add"), {"title": " ", "source": str(in_force.pk)})
    assert answer.status_code == 422
    assert b"Say in a few words what you want to try" in answer.content
    assert not ModelVersion.objects.filter(organisation__isnull=False).exists()


def test_a_new_scenario_changes_nothing(door, scenario, areas):
    html = door.get(address(scenario)).content.decode()
    assert f"None of {len(areas)} areas would change class." in html
    assert "it says the same as the version in force" in html


def test_the_effect_of_a_form_is_shown_without_saving_it(door, scenario):
    form = form_of(door.get(address(scenario))) | {LOWEST_RULE: STANDARD, "touched": LOWEST_RULE}
    firing = len(where_the_lowest_rule_fires())
    assert firing
    html = door.post(address(scenario, "scenario-effect"), form, headers={"HX-Request": "true"}).content.decode()
    assert f"{firing} would become more urgent." in html
    assert "Not saved yet" in html
    # The weights follow from the rules; nothing else of the form comes back.
    assert 'id="editing-weights"' in html
    assert 'id="editing-thresholds"' not in html
    scenario.refresh_from_db()
    assert scenario.revision == 0


def test_without_javascript_a_button_shows_the_effect(door, scenario):
    form = form_of(door.get(address(scenario))) | {LOWEST_RULE: STANDARD, "show": "1"}
    html = door.post(address(scenario), form).content.decode()
    assert "would change class" in html
    assert "Not saved yet" in html
    # The form still holds what was entered.
    assert form_of(door.post(address(scenario), form))[LOWEST_RULE] == STANDARD
    scenario.refresh_from_db()
    assert scenario.revision == 0


def test_saving_keeps_the_change_and_says_who_made_it(door, scenario, analyst):
    form = form_of(door.get(address(scenario))) | {LOOSE_RULE: ROUTINE, "title": "Quiet is standard", "save": "1"}
    answer = door.post(address(scenario), form, follow=True)
    html = answer.content.decode()
    assert "The scenario is saved." in html
    assert "As saved" in html
    assert "Quiet is standard" in html
    scenario.refresh_from_db()
    assert (scenario.revision, scenario.updated_by) == (1, analyst)
    event = AuditEvent.objects.filter(action="scenario.edited").get()
    assert event.organisation_id == scenario.organisation_id
    assert event.details["changed"] == ["definition", "title"]
    assert scenario.compiled.model.attributes[0].function.rules[6].classes == (int(ROUTINE),)
    # What is in force stays what it is.
    assert ModelVersion.objects.national().published().get().definition != scenario.definition
    assert not PriorityScore.objects.exclude(run__model_version__organisation=None).exists()


def test_who_saves_over_somebody_else_is_told(door, scenario, analyst):
    form = form_of(door.get(address(scenario)))
    colleague = UserFactory(full_name="Col League")
    MembershipFactory(user=colleague, organisation=scenario.organisation, roles=["analyst"])
    services.save_draft(version=scenario, by=colleague, revision=0, title="Mine")
    answer = door.post(address(scenario), form | {LOOSE_RULE: ROUTINE, "save": "1"})
    assert answer.status_code == 422
    assert "Col League saved this draft after you opened it" in answer.content.decode()
    scenario.refresh_from_db()
    assert scenario.title == "Mine"


def test_what_cannot_be_read_is_said_beside_its_field_and_not_saved(door, scenario):
    form = form_of(door.get(address(scenario)))
    bound = next(name for name in form if name.startswith("bound-"))
    answer = door.post(address(scenario), form | {bound: "many", "save": "1"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{bound}"' in html
    assert "found “many”" in html
    scenario.refresh_from_db()
    assert scenario.revision == 0


def test_rules_that_contradict_each_other_need_a_reason(door, scenario):
    form = form_of(door.get(address(scenario))) | {LOWEST_RULE: "3", "save": "1"}
    answer = door.post(address(scenario), form)
    assert answer.status_code == 422
    assert b"These rules contradict each other" in answer.content
    answer = door.post(address(scenario), form | {"accept-0": "Agreed with the clinical lead"})
    assert answer.status_code == 302
    scenario.refresh_from_db()
    assert scenario.accepted_conflicts["PRIORITY"]["reason"] == "Agreed with the clinical lead"


def test_the_map_and_the_list_show_the_moves_of_the_effect_on_the_screen(door, scenario, areas):
    form = form_of(door.get(address(scenario))) | {LOWEST_RULE: STANDARD, "touched": LOWEST_RULE}
    html = door.post(address(scenario, "scenario-effect"), form).content.decode().replace("&amp;", "&")
    theme = door.get(re.search(r'data-theme-url="([^"]+)"', html)[1])
    quiet = where_the_lowest_rule_fires()
    same, risen = 2, 3
    assert {index: theme.content[index] for index in quiet} == dict.fromkeys(quiet, risen)
    worst = areas[-1]
    assert theme.content[worst.index] == same
    cell = re.search(r'href="([^"]+from=0&to=1)"', html)[1]
    listed = door.get(cell).content.decode()
    assert f"{len(quiet)} areas that would go from routine to standard" in listed
    panel = re.search(r'data-panel-url="([^"]+)"', html)[1]
    shown = door.get(f"{panel}&index={quiet[0]}").content.decode()
    assert "Routine" in shown
    assert "Standard" in shown


def test_moves_of_nobody_are_not_found(door, scenario):
    for draft in ("", "0" * 24, "../secret", "x" * 500):
        assert door.get(address(scenario, "scenario-moves"), {"draft": draft}).status_code == 404
        assert door.get(address(scenario, "scenario-areas"), {"draft": draft}).status_code == 404


def test_the_effect_on_a_patch_is_that_of_its_areas(door, scenario, areas, organisation):
    from lsoa.services import create_patch

    codes = [area.code for area in areas[-4:]]
    patch = create_patch(organisation=organisation, name="East", area_codes=codes, by=TESTER)
    html = door.get(address(scenario), {"patch": patch.slug}).content.decode()
    assert "None of 4 areas would change class." in html
    assert f"In all areas: None of {len(areas)} areas would change class." in html


def test_a_scenario_is_handed_over_with_a_reason_and_stays(door, scenario, analyst):
    hand_over = address(scenario, "scenario-hand-over")
    assert b"Platform administrators get a copy" in door.get(hand_over).content
    assert door.post(hand_over, {"reason": ""}).status_code == 422
    answer = door.post(hand_over, {"reason": "Fits our visits better"}, follow=True)
    draft = ModelVersion.objects.national().get(state="draft")
    assert str(draft) in answer.content.decode()
    assert (draft.reason, draft.created_by, draft.definition) == (
        "Fits our visits better",
        analyst,
        scenario.definition,
    )
    assert ModelVersion.objects.filter(pk=scenario.pk).exists()


def test_thresholds_from_the_data_of_now_are_proposed_and_taken_over(door, scenario, areas):
    proposed = address(scenario, "scenario-thresholds")
    assert "All thresholds already match today’s data" in door.get(proposed).content.decode()
    worse = {area: WORST | {"gp_travel_minutes": 40.0 + number} for number, area in enumerate(areas)}
    make_figures(worse, make_dataset("newer"))
    shown = door.get(proposed)
    html = shown.content.decode()
    assert "Travel to a GP practice" in html
    digest = re.search(r'name="digest" value="(\w+)"', html)[1]
    before = scenario.thresholds["GP_TRAVEL"]["bounds"]
    form = {"revision": "0", "digest": digest, "input": ["GP_TRAVEL"]}
    assert door.post(proposed, form | {"input": []}).status_code == 422
    assert b"The data changed after you opened this proposal" in door.post(proposed, form | {"digest": "old"}).content
    answer = door.post(proposed, form, follow=True)
    assert b"The thresholds are taken over" in answer.content
    scenario.refresh_from_db()
    assert scenario.thresholds["GP_TRAVEL"]["bounds"] != before
    assert scenario.revision == 1


def test_a_scenario_is_deleted(door, scenario):
    answer = door.post(address(scenario, "scenario-delete"), follow=True)
    assert b"is deleted" in answer.content
    assert not ModelVersion.objects.filter(pk=scenario.pk).exists()
    assert door.get(address(scenario)).status_code == 404


def test_a_deleted_scenario_comes_back_with_its_rules(door, scenario):
    before = ModelVersion.objects.filter(pk=scenario.pk).values().get()
    html = door.post(address(scenario, "scenario-delete"), follow=True).content.decode()
    token = re.search(r'name="token" value="([\w-]+)"', html)[1]
    answer = door.post(reverse("undo"), {"token": token})
    assert answer["Location"] == address(scenario)
    assert ModelVersion.objects.filter(pk=scenario.pk).values().get() == before
    assert door.get(address(scenario)).status_code == 200
    assert AuditEvent.objects.filter(action="scenario.restored", target_id=str(scenario.pk)).count() == 1


@pytest.mark.parametrize(
    "name", ["scenario", "scenario-moves", "scenario-areas", "scenario-area", "scenario-hand-over"]
)
def test_another_organisation_does_not_see_it(client, scenario, other_organisation, name):
    stranger = UserFactory()
    MembershipFactory(user=stranger, organisation=other_organisation, roles=["analyst", "administrator"])
    sign_in(client, stranger)
    assert client.get(address(scenario, name)).status_code == 404
    assert client.post(address(scenario, "scenario-effect")).status_code == 404
    assert client.post(address(scenario, "scenario-delete")).status_code == 404
    assert b"Quiet areas count" not in client.get(reverse("scenarios")).content
    assert b"Quiet areas count" not in client.get(reverse("scenario-add")).content


def test_a_version_that_is_not_a_scenario_is_not_edited_here(door, in_force):
    assert door.get(address(in_force)).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "planner", "approver"])
def test_other_roles_have_no_scenarios(client, organisation, scenario, role):
    user = UserFactory()
    MembershipFactory(user=user, organisation=organisation, roles=[role])
    client.force_login(user)
    assert client.get(reverse("scenarios")).status_code == 403
    assert client.get(address(scenario)).status_code == 403
    assert client.post(address(scenario, "scenario-effect")).status_code == 403


def test_an_effect_before_any_area_is_loaded_says_so(door, scenario):
    # Unscored areas: everything would get a class for the first time.
    PriorityScore.objects.all().delete()
    from priorities.models import ScoreRun

    ScoreRun.objects.all().delete()
    html = door.get(address(scenario)).content.decode()
    assert "would change class" in html
    assert Area.objects.count() > 0
