"""The priority of an area on its own page and sheet, minutes of the organisation's own, runs and their comparison."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.audit import SystemActor
from accounts.models import AuditEvent
from lsoa.tests.factories import AreaFactory
from priorities import services
from priorities.models import PriorityScore, ScoreRun, VisitMinutesOverride
from priorities.presenters import explanation_json, explanation_text
from priorities.tests.factories import WORST, make_dataset, make_figures

from .test_explore import text_of

SYSTEM = SystemActor("tests")


@pytest.fixture
def changed(city):
    """The quiet area gets the figures of the worst, and scores are calculated again."""
    make_figures({city["quiet"]: WORST}, make_dataset(title="Newer figures", release="2026"))
    services.score_areas(by=SYSTEM)
    return city["quiet"]


@pytest.fixture
def runs(changed):
    return list(ScoreRun.objects.order_by("finished_at"))


def address(name, area):
    return reverse(name, args=[area.code])


def links(html):
    return set(re.findall(r'href="([^"]+)"', html.split('id="maincontent"')[1].split("</main>")[0]))


class TestExplanation:
    def test_page_sheet_json_and_text_say_the_same_sentences(self, analyst, city, patch):
        for area in city.values():
            score = PriorityScore.objects.current().with_explanation().get(area=area)
            data = explanation_json(score)
            page = text_of(analyst.get(address("area-priority", area)))
            sheet = text_of(analyst.get(address("area-priority-sheet", area)))
            written = explanation_text(score)
            sentences = [data["summary"], *(text for section in data["sections"] for text in section["sentences"])]
            assert [text for text in sentences if not (text in page and text in sheet and text in written)] == []
            every = [part["sentence"] for part in (*data["nodes"], *data["factors"])]
            assert all(text in sheet and text in written for text in every)

    def test_every_number_leads_to_a_page_that_says_where_it_comes_from(self, analyst, city, patch):
        html = analyst.get(address("area-priority", city["worst"])).content.decode()
        figures = {link for link in links(html) if link.startswith("/data/figures/")}
        datasets = {link for link in links(html) if link.startswith("/data/datasets/")}
        indicators = {link for link in links(html) if link.startswith("/data/indicators/")}
        assert (len(figures), len(indicators)) == (12, 12) and datasets
        for link in {*list(figures)[:2], *datasets, *list(indicators)[:2]}:
            assert analyst.get(link).status_code == 200
        # The average of the nation comes from where the bounds come from.
        assert "Where the classes begin" in html and "averages over:" in html.lower()

    def test_what_is_not_known_is_marked(self, analyst, city, patch):
        text = text_of(analyst.get(address("area-priority", city["gap"])))
        assert "No figure" in text and "suppressed by the publisher" in text
        assert "What is missing" in text and "85 minutes (70 to 85 possible)" in text

    def test_a_small_code_is_understood_and_an_unknown_one_is_not_found(self, analyst, city):
        assert analyst.get(reverse("area-priority", args=[city["worst"].code.lower()])).status_code == 200
        assert analyst.get(reverse("area-priority", args=["E01999999"])).status_code == 404

    @pytest.mark.parametrize("name", ["area-priority", "area-priority-sheet"])
    def test_an_area_without_score_says_so(self, analyst, db, name):
        assert "No run has scored this area yet" in text_of(analyst.get(address(name, AreaFactory())))

    def test_history_says_why_the_class_changed(self, analyst, changed):
        for name in ("area", "area-priority"):
            text = text_of(analyst.get(address(name, changed)))
            assert "Rose from routine to urgent because of new figures." in text
            assert "Households without a car: 0.0% (low) became 90.0% (high)." in text
            assert "First calculation of this area." in text

    def test_an_earlier_run_is_shown_as_not_in_force(self, analyst, changed, runs):
        response = analyst.get(address("area-priority", changed), {"run": str(runs[0].pk)})
        text = text_of(response)
        assert "Not in force" in text and "Priority is routine" in text
        assert f"/explain/?run={runs[0].pk}" in response.content.decode()

    @pytest.mark.parametrize("run", ["yesterday", "00000000-0000-4000-8000-000000000000"])
    def test_a_run_that_is_none_is_not_found(self, analyst, city, run):
        assert analyst.get(address("area-priority", city["worst"]), {"run": run}).status_code == 404

    def test_it_costs_the_same_number_of_queries_with_any_history(
        self, analyst, changed, django_assert_max_num_queries
    ):
        for _ in range(3):
            services.score_areas(by=SYSTEM)
        analyst.get(address("area-priority", changed))
        with django_assert_max_num_queries(16):
            analyst.get(address("area-priority", changed))


class TestMinutes:
    WANTED = {"minutes": "75", "reason": "Two nurses are needed"}

    def test_a_planner_sets_them_and_everybody_of_the_organisation_reads_why(self, client_as, city, organisation):
        planner, area = client_as("planner"), city["worst"]
        assert "Change the visit minutes" in text_of(planner.get(address("area-priority", area)))
        response = planner.post(address("area-minutes", area), self.WANTED, follow=True)
        assert "planned with 75 minutes" in text_of(response)
        for name in ("area", "area-priority", "area-priority-sheet"):
            text = text_of(client_as("viewer").get(address(name, area)))
            assert "Your organisation plans 75 minutes instead." in text and "Two nurses are needed" in text
        event = AuditEvent.objects.for_organisation(organisation).get(action="minutes.set")
        assert event.details["reason"] == "Two nurses are needed"

    def test_they_end_and_stay_in_the_record(self, client_as, city):
        planner, area = client_as("planner"), city["worst"]
        planner.post(address("area-minutes", area), self.WANTED)
        ended = planner.post(address("area-minutes-end", area), {"reason": "One will do"}, follow=True)
        assert "minutes of the model again" in text_of(ended)
        text = text_of(planner.get(address("area-minutes", area)))
        assert "One will do" in text and "In force" not in text
        assert planner.post(address("area-minutes-end", area)).status_code == 404

    @pytest.mark.parametrize(
        ("wanted", "message"),
        [
            ({"minutes": "4"}, "from 5 to 240"),
            ({"minutes": "1000"}, "from 5 to 240"),
            ({"minutes": "soon"}, "from 5 to 240"),
            ({"minutes": ""}, "Enter the minutes"),
            ({"reason": " "}, "Give a reason"),
            ({"reason": "x" * 501}, "at most 500"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(self, client_as, city, wanted, message):
        response = client_as("planner").post(address("area-minutes", city["worst"]), self.WANTED | wanted)
        assert response.status_code == 422 and message in text_of(response)

    def test_markup_in_a_reason_stays_text(self, client_as, city):
        planner = client_as("planner")
        planner.post(address("area-minutes", city["worst"]), self.WANTED | {"reason": "<b>bold</b>"})
        assert "<b>bold" not in planner.get(address("area-priority", city["worst"])).content.decode()

    def test_only_planners_may(self, client_as, city):
        for role in ("viewer", "analyst", "approver", "field_worker", "auditor", "administrator"):
            client = client_as(role)
            assert client.post(address("area-minutes", city["worst"]), self.WANTED).status_code == 403
            assert client.post(address("area-minutes-end", city["worst"])).status_code == 403
            assert "Change the visit minutes" not in text_of(client.get(address("area-priority", city["worst"])))

    def test_those_of_another_organisation_are_not_there(self, client_as, city, other_organisation):
        theirs, area = client_as("planner", organisation=other_organisation), city["worst"]
        theirs.post(address("area-minutes", area), self.WANTED)
        ours = client_as("planner")
        assert "75 minutes" not in text_of(ours.get(address("area-priority", area)))
        assert ours.post(address("area-minutes-end", area)).status_code == 404
        assert VisitMinutesOverride.objects.for_organisation(other_organisation).in_force().count() == 1


class TestRuns:
    def question(self, runs, **more):
        return {"before": str(runs[0].pk), "after": str(runs[1].pk), **more}

    def test_they_are_listed_with_what_they_changed(self, analyst, runs):
        response = analyst.get(reverse("score-runs"))
        assert "1 up, 0 down" in text_of(response) and "First run" in text_of(response)
        assert f"?before={runs[0].pk}&amp;after={runs[1].pk}" in response.content.decode()

    def test_without_any_run_the_page_says_so(self, analyst, db):
        assert "not been calculated yet" in text_of(analyst.get(reverse("score-runs")))
        assert analyst.get(reverse("compare-runs")).status_code == 200

    def test_two_of_them_are_compared(self, analyst, changed, runs):
        response = analyst.get(reverse("compare-runs"), self.question(runs))
        text = text_of(response)
        assert "1 area of 24 changed class (4%): 1 became more urgent, 0 less urgent." in text
        assert changed.name in text and "New figures" in text and "and 9 more" in text
        assert f"/areas/{changed.code}/priority/?run={runs[1].pk}" in response.content.decode()
        fell = text_of(analyst.get(reverse("compare-runs"), self.question(runs, direction="fell")))
        assert "No area moved in this direction" in fell

    def test_a_patch_narrows_it_and_that_of_others_is_refused(
        self, client_as, analyst, patch, runs, other_organisation
    ):
        compared = text_of(analyst.get(reverse("compare-runs"), self.question(runs, patch="testham")))
        assert "1 area of 4 changed class" in compared
        theirs = client_as("analyst", organisation=other_organisation)
        response = theirs.get(reverse("compare-runs"), self.question(runs, patch="testham"))
        assert response.status_code == 400 and "no such patch" in text_of(response)

    @pytest.mark.parametrize(
        "more", [{"before": "first"}, {"after": str(uuid4())}, {"before": ""}, {"direction": "up"}]
    )
    def test_what_is_no_run_is_refused_in_words(self, analyst, runs, more):
        response = analyst.get(reverse("compare-runs"), self.question(runs, **more))
        assert response.status_code == 400 and "There is a problem" in text_of(response)

    def test_the_name_of_a_patch_stays_with_its_organisation(self, client_as, patch, city, other_organisation):
        services.score_areas(by=SYSTEM, patch=patch)
        ours = text_of(client_as("viewer").get(reverse("score-runs")))
        theirs = text_of(client_as("viewer", organisation=other_organisation).get(reverse("score-runs")))
        assert "Testham" in ours
        assert "Testham" not in theirs and "A patch of another organisation" in theirs

    def test_a_run_against_itself_moves_nothing(self, analyst, runs):
        text = text_of(analyst.get(reverse("compare-runs"), {"before": runs[0].pk, "after": runs[0].pk}))
        assert "All 24 areas that both runs scored have the same class in both." in text


@pytest.mark.parametrize("name", ["area-priority", "area-priority-sheet", "area-minutes"])
def test_ids_are_unique_and_nothing_is_inline(client_as, city, name):
    html = client_as("planner").get(address(name, city["gap"])).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert not re.search(r"\sstyle=\"", html) and html.count("<h1") == 1
