"""Rules about areas: asked of each run once, in one statement, with the answers of a plain program."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Notification, NotificationRule, RuleEvaluation, WebhookEndpoint, WebhookEvent
from accounts.notices.rules import MOST_RULES, RULE_KIND, save_rule, trigger_of
from accounts.people.limits import RefusedChange
from accounts.tests.factories import MembershipFactory, OrganisationFactory
from healthequiroute.testing.property_tests import examples
from lsoa.models import Indicator, IndicatorValue, Patch
from priorities.models import PriorityScore, ScoreRun
from priorities.notices import figures, moves
from priorities.notices.figures import FIGURE
from priorities.notices.firing import look_at_dataset, look_at_missed, look_at_run
from priorities.notices.moves import CHANGES, MOVE

from .factories import make_area, make_dataset, publish

pytestmark = pytest.mark.django_db


def make_run(version, moves_of: dict, finished_at=None) -> ScoreRun:
    """A run with these scores: area -> (class before or None, class now)."""
    finished_at = finished_at or timezone.now()
    run = ScoreRun.objects.create(
        model_version=version, started_at=finished_at, finished_at=finished_at, area_count=len(moves_of)
    )
    PriorityScore.objects.bulk_create(
        PriorityScore(
            run=run,
            area=area,
            priority=now,
            previous_priority=before,
            lowest=now,
            highest=now,
            probability=1,
            visit_minutes=30,
            visit_minutes_lowest=30,
            visit_minutes_highest=30,
        )
        for area, (before, now) in moves_of.items()
    )
    return run


def make_patch(organisation, areas, name="East side"):
    patch = Patch.objects.create(organisation=organisation, name=name, slug=name.lower().replace(" ", "-"))
    patch.areas.set(areas)
    return patch


def make_rule(organisation, condition, user=None, trigger=MOVE, name="A rule"):
    return NotificationRule.objects.create(
        organisation=organisation, user=user, name=name, trigger=trigger, condition=condition
    )


@pytest.fixture
def version(db):
    return publish()


@pytest.fixture
def three(db):
    dataset = make_dataset()
    return [make_area(dataset) for _ in range(3)]


def met_plainly(condition, organisation, changed: dict, patches) -> int:
    """The same question asked slowly: area by area."""
    codes = set(condition.get("areas", []))
    for patch in patches:
        if str(patch.pk) == condition.get("patch") and patch.organisation_id == organisation.pk:
            codes |= set(patch.areas.values_list("code", flat=True))
    found = 0
    for area, (before, now) in changed.items():
        if area.code not in codes or before is None or before == now:
            continue
        level = condition.get("class", 3)
        found += {
            "reaches": before < level <= now,
            "leaves": now < level <= before,
            "rises": now > before,
            "falls": now < before,
            "changes": True,
        }[condition["change"]]
    return found


def test_the_statement_gives_the_same_answers_as_a_plain_program(db):
    """Any scores, patches and rules of two organisations."""
    version, dataset = publish(), make_dataset()
    areas = [make_area(dataset) for _ in range(8)]
    places = [OrganisationFactory(name=f"Trust {number}") for number in (1, 2)]

    @examples(40)
    @given(data=st.data())
    def same(data):
        with transaction.atomic():
            compare(data.draw, version, areas, places)
            transaction.set_rollback(True)

    same()


def compare(draw, version, areas, places):
    classes = st.integers(0, 3)
    changed = {area: (draw(st.one_of(st.none(), classes)), draw(classes)) for area in areas}
    some_areas = st.lists(st.sampled_from(areas), unique=True)
    patches = [make_patch(draw(st.sampled_from(places)), draw(some_areas), f"P{n}") for n in range(3)]
    rules = []
    for _ in range(6):
        where = draw(st.sampled_from(["patch", "areas"]))
        codes = draw(st.lists(st.sampled_from([area.code for area in areas]), unique=True))
        condition = {"patch": str(draw(st.sampled_from(patches)).pk)} if where == "patch" else {"areas": codes}
        condition |= {"change": draw(st.sampled_from(list(CHANGES))), "class": draw(classes)}
        rules.append(make_rule(draw(st.sampled_from(places)), condition))
    run = make_run(version, changed)
    found = moves.rules_met(run.pk)
    for rule in rules:
        wanted = met_plainly(rule.condition, rule.organisation, changed, patches)
        assert found.get(rule.pk, 0) == wanted
        assert [one.areas for one in moves.move_occasions(rule, run.finished_at)] == ([wanted] if wanted else [])


class TestTelling:
    def test_one_message_for_all_areas_of_all_patches(
        self, version, three, organisation, other_organisation, make_user
    ):
        planner, viewer = make_user(["planner"]), make_user(["viewer"])
        stranger = make_user(["planner"], organisation=other_organisation)
        make_patch(organisation, three, "Everywhere")
        make_patch(organisation, three[:1], "Middle")
        run = make_run(version, {three[0]: (2, 3), three[1]: (0, 3), three[2]: (3, 3)})
        assert look_at_run(run=run) == 1
        row = Notification.objects.get(kind="areas.urgent")
        assert row.user == planner and row.text == "2 areas of your patches became urgent."
        assert not viewer.notifications.exists() and not stranger.notifications.exists()

    def test_a_run_is_looked_at_once(self, version, three, organisation, make_user):
        make_user(["planner"])
        make_patch(organisation, three)
        run = make_run(version, {three[0]: (0, 3)})
        assert (look_at_run(run=run), look_at_run(run=run)) == (1, 0)
        look_at_missed()
        # Of the model itself the platform's administrators were told.
        assert Notification.objects.get(kind="areas.urgent").text == "1 area of East side became urgent."

    def test_what_nobody_looked_at_is_found_later(self, version, three, organisation, make_user):
        make_user(["planner"])
        make_patch(organisation, three)
        make_run(version, {three[0]: (0, 3)})
        make_run(version, {three[0]: (0, 3)}, finished_at=timezone.now() - timedelta(days=9))
        RuleEvaluation.objects.filter(event__startswith="score-run").delete()
        assert look_at_missed() >= 1 and look_at_missed() == 0
        assert Notification.objects.filter(kind="areas.urgent").count() == 1

    def test_own_rules_tell_their_owner_and_the_organisations_tell_all(
        self, version, three, organisation, other_organisation, make_user
    ):
        owner, planner = make_user(["viewer"]), make_user(["planner"])
        left = make_user()
        MembershipFactory(user=left, organisation=other_organisation, roles=["planner"])
        condition = {"areas": [three[0].code], "change": "changes"}
        make_rule(organisation, condition, user=owner, name="Mine")
        make_rule(organisation, condition, user=left, name="Of one who left")
        make_rule(organisation, condition, name="Ours")
        make_rule(organisation, condition | {"change": "falls"}, user=owner, name="Not met")
        look_at_run(run=make_run(version, {three[0]: (0, 1)}))
        told = set(Notification.objects.filter(kind=RULE_KIND).values_list("user", "text"))
        words = f"1 area. {three[0].name} changes its class."
        assert told == {(owner.pk, f"Mine: {words}"), (planner.pk, f"Ours: {words}")}

    def test_queries_do_not_grow_with_rules(
        self, version, three, organisation, make_user, django_assert_max_num_queries
    ):
        people = [make_user(["viewer"]) for _ in range(25)]
        for person in people:
            make_rule(organisation, {"areas": [three[0].code], "change": "rises", "class": 0}, user=person)
        run = make_run(version, {three[0]: (0, 1)})
        # What grows are the words: a name of an area for each rule that was met, and the page that it leads to.
        with django_assert_max_num_queries(25 + 25):
            assert look_at_run(run=run) == 25

    def test_patches_of_others_open_nothing(self, version, three, organisation, other_organisation, make_user):
        patch = make_patch(other_organisation, three)
        rule = make_rule(organisation, {"patch": str(patch.pk), "change": "changes"}, user=make_user(["planner"]))
        run = make_run(version, {three[0]: (0, 3)})
        assert rule.pk not in moves.rules_met(run.pk) and moves.move_occasions(rule, run.finished_at) == []
        assert "a patch that is gone" in trigger_of(rule).describe(rule)

    def test_other_systems_hear_of_runs_and_urgent_areas(self, version, three, organisation):
        WebhookEndpoint.objects.create(
            organisation=organisation, name="W", url="https://192.0.2.1/", secret="whsec_bm90aGluZw==",
            events=["priorities.calculated", "areas.became_urgent"],
        )  # fmt: skip
        make_patch(organisation, three)
        run = make_run(version, {three[0]: (0, 3)})
        look_at_run(run=run)
        told = {event.type: event.payload["data"] for event in WebhookEvent.objects.for_organisation(organisation)}
        assert told["areas.became_urgent"]["areas"] == 1 and told["priorities.calculated"]["run"] == str(run.pk)


class TestFigures:
    def test_an_area_that_passes_the_limit_counts_once(self, three, organisation, other_organisation, make_user):
        indicator = Indicator.objects.get_or_create(
            code="falls", defaults={"name": "Falls", "unit": "%", "polarity": "high", "source": "Nobody"}
        )[0]
        old = make_dataset(state="superseded")
        new = make_dataset(publication="x")
        type(new).objects.filter(pk=new.pk).update(publication=old.publication)
        new.refresh_from_db()
        for dataset, values in ((old, (10, 50, None)), (new, (60, 60, 60))):
            IndicatorValue.objects.bulk_create(
                IndicatorValue(
                    area=area, indicator=indicator, dataset=dataset, period="2025", value=value,
                    missing_reason=None if value is not None else "suppressed",
                )
                for area, value in zip(three, values, strict=True)
            )  # fmt: skip
        patch = make_patch(organisation, three)
        condition = {"patch": str(patch.pk), "indicator": "falls", "side": "above", "limit": 40}
        above = make_rule(organisation, condition, trigger=FIGURE)
        below = make_rule(organisation, condition | {"side": "below"}, trigger=FIGURE)
        foreign = make_rule(other_organisation, condition, trigger=FIGURE)
        # The second was above it before; of the third nothing was known.
        assert figures.rules_met(new) == {above.pk: 2}
        assert [one.areas for one in figures.figure_occasions(above, timezone.now() - timedelta(days=1))][-1] == 2
        assert figures.figure_occasions(below, timezone.now() - timedelta(days=1))[-1:] != [2]
        assert foreign.pk not in figures.rules_met(new)
        planner = make_user(["planner"])
        assert look_at_dataset(dataset=new) == 1 and look_at_dataset(dataset=new) == 0
        assert planner.notifications.get().text.startswith(
            "A rule: 2 areas. An area of East side goes above 40 in Falls"
        )

    def test_own_figures_are_for_their_organisation(self, three, organisation, other_organisation):
        dataset = make_dataset(organisation=other_organisation)
        patch = make_patch(organisation, three)
        make_rule(organisation, {"patch": str(patch.pk), "indicator": "x", "side": "above", "limit": 0}, trigger=FIGURE)
        assert figures.rules_met(dataset) == {}


class TestPages:
    def test_a_rule_is_tried_kept_changed_switched_and_deleted(self, version, three, client_as, organisation):
        patch = make_patch(organisation, three)
        make_run(version, {three[0]: (0, 3)})
        client = client_as("planner")
        assert b"No rules yet" in client.get(reverse("notification-rules")).content
        form = {"name": "East", "trigger": "class", "patch": str(patch.pk), "change": "reaches", "level": "3"}
        tried = client.post(reverse("notification-rule-add"), form | {"preview": "yes"})
        assert b"this would have told you once, last on" in tried.content and not NotificationRule.objects.exists()
        assert client.post(reverse("notification-rule-add"), form).status_code == 302
        rule = NotificationRule.objects.get()
        assert rule.user == client.user and rule.condition == {"patch": str(patch.pk), "change": "reaches", "class": 3}
        page = client.get(reverse("notification-rules")).content
        assert b"An area of East side becomes at least urgent." in page
        edit = reverse("notification-rule", args=[rule.pk])
        assert b'value="East"' in client.get(edit).content
        client.post(edit, form | {"name": "West", "change": "falls"})
        client.post(reverse("notification-rule-switch", args=[rule.pk]), {"on": "no"})
        rule.refresh_from_db()
        assert (rule.name, rule.condition["change"], rule.is_on) == ("West", "falls", False)
        stranger = client_as("planner")
        assert stranger.post(reverse("notification-rule-delete", args=[rule.pk])).status_code == 404
        client.post(reverse("notification-rule-delete", args=[rule.pk]))
        assert not NotificationRule.objects.exists()

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"patch": ""}, b"Choose a patch, or enter areas"),
            ({"areas": "E01999999 nonsense"}, b"Not known: E01999999"),
            ({"trigger": "figure"}, b"Choose a figure"),
            ({"trigger": "figure", "limit": "many"}, b"Enter the limit as a number"),
            ({"name": ""}, b"Enter a name"),
        ],
    )
    def test_mistakes_are_named(self, three, client_as, organisation, change, words):
        patch = make_patch(organisation, three)
        form = {"name": "East", "trigger": "class", "patch": str(patch.pk), "change": "reaches", "level": "3"}
        answer = client_as("planner").post(reverse("notification-rule-add"), form | change)
        assert answer.status_code == 422 and words in answer.content

    def test_the_organisations_rules_are_its_administrators(self, three, client_as, organisation):
        form = {"name": "All", "trigger": "class", "areas": three[0].code, "change": "rises", "whose": "organisation"}
        client_as("planner").post(reverse("notification-rule-add"), form | {"level": "3"})
        assert NotificationRule.objects.get().user is not None
        administrator = client_as("administrator")
        administrator.post(reverse("notification-rule-add"), form | {"level": "3"})
        shared = NotificationRule.objects.get(user=None)
        planner = client_as("planner")
        assert b"All" in planner.get(reverse("notification-rules")).content
        assert planner.get(reverse("notification-rule", args=[shared.pk])).status_code == 403
        assert administrator.get(reverse("notification-rule", args=[shared.pk])).status_code == 200

    def test_the_list_asks_no_more_the_longer_it_is(
        self, three, client_as, organisation, other_organisation, django_assert_max_num_queries
    ):
        client, own = client_as("planner"), make_patch(organisation, three)
        theirs = make_patch(other_organisation, three)
        codes = [area.code for area in three]
        watched = [{"areas": codes}, {"areas": [codes[1]]}, {"patch": str(own.pk)}, {"patch": str(theirs.pk)}]
        for number in range(12):
            make_rule(organisation, watched[number % 4] | {"change": "rises"}, user=client.user, name=f"Rule {number}")
        address = reverse("notification-rules")
        client.get(address)
        with django_assert_max_num_queries(14):
            page = client.get(address).content.decode()
        assert page.count(f"An area of {own.name} ") == page.count("a patch that is gone") == 3
        assert page.count(" or ".join(sorted(area.name for area in three))) == 3

    def test_a_rule_whose_watch_is_gone_is_shown_and_can_be_deleted(self, client_as, organisation):
        client = client_as("planner")
        rule = make_rule(organisation, {}, user=client.user, trigger="tides", name="Old rule")
        page = client.get(reverse("notification-rules")).content
        assert b"Old rule" in page and b"What this rule watches is not part of the portal any more" in page
        assert client.get(reverse("notification-rule", args=[rule.pk])).status_code == 200
        client.post(reverse("notification-rule-delete", args=[rule.pk]))
        assert not NotificationRule.objects.exists()

    def test_there_is_an_end_to_rules(self, make_user, organisation):
        user = make_user(["planner"])
        rules = [
            NotificationRule(organisation=organisation, user=user, name="R", trigger=MOVE) for _ in range(MOST_RULES)
        ]
        NotificationRule.objects.bulk_create(rules)
        with pytest.raises(RefusedChange, match="50 rules"):
            save_rule(rule=NotificationRule(organisation=organisation, user=user, name="R", trigger=MOVE), by=user)
