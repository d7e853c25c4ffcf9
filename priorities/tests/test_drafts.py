"""Drafts: made from any version, changed by one editor at a time, refused with every fault named."""

import pytest
from django.db import transaction

from accounts.audit import SystemActor
from accounts.models import AuditEvent
from accounts.tests.factories import PlatformAdministratorFactory, UserFactory
from healthequiroute.testing.shared import shared, shared_on_demand
from lsoa.models import Indicator
from priorities import services
from priorities.dex.dxi import read_dxi
from priorities.tests.drafts import contradicting, edited, opened
from priorities.tests.factories import make_areas, make_dataset, make_figures, publish, spread

SYSTEM = SystemActor("test:drafts")
pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def published():
    make_areas(*spread(101), is_synthetic=True)
    return publish()


@pytest.fixture
@shared_on_demand
def editor():
    return PlatformAdministratorFactory()


@pytest.fixture
@shared
def draft(published, editor):
    return services.new_draft(source=published, by=editor, title="More weight on access")


def save(draft, editor, **changes):
    return services.save_draft(version=draft, by=editor, revision=draft.revision, **changes)


class TestNewDraft:
    def test_it_holds_the_content_of_its_source_and_says_where_it_comes_from(self, published, draft, editor):
        assert (draft.number, draft.state, draft.based_on, draft.revision) == (2, "draft", published, 0)
        assert draft.created_by == editor and draft.title == "More weight on access"
        for field in ("definition", "definition_sha256", "inputs", "thresholds", "minutes"):
            assert getattr(draft, field) == getattr(published, field)
        assert AuditEvent.objects.about(draft).get().action == "model.drafted"

    def test_it_can_come_from_a_retired_version_and_from_another_draft(self, published, draft, editor):
        again = services.new_draft(source=draft, by=editor, title="Another try")
        assert (again.number, again.based_on) == (3, draft)

    def test_a_title_is_one_line_that_fits(self, published, editor):
        assert services.new_draft(source=published, by=editor, title="  a \n b ").title == "a b"
        with pytest.raises(services.DraftInvalid, match="at most 120 characters; this one has 121"):
            services.new_draft(source=published, by=editor, title="x" * 121)

    def test_only_platform_administrators_make_them(self, published, make_user):
        for person in (UserFactory(), make_user(roles=["administrator", "analyst"])):
            with pytest.raises(services.PublicationRefused, match="edit and propose priority models"):
                services.new_draft(source=published, by=person)


class TestSaving:
    def test_a_change_raises_the_revision_and_names_the_editor(self, draft, editor):
        other = PlatformAdministratorFactory()
        saved = save(draft, other, definition=edited(draft.definition, "CLINICAL_NEED", r1=0))
        assert (saved.revision, saved.updated_by) == (1, other)
        assert saved.definition_sha256 != draft.definition_sha256
        assert read_dxi(saved.definition).find("CLINICAL_NEED").function.rules[1].classes == (0,)
        event = AuditEvent.objects.about(draft).first()
        assert event.action == "model.edited" and event.details["changed"] == ["definition"]

    def test_nothing_changed_is_not_a_change(self, draft, editor):
        fields = {name: getattr(draft, name) for name in ("definition", "inputs", "thresholds", "minutes", "title")}
        assert save(draft, editor, **fields).revision == 0
        assert AuditEvent.objects.about(draft).count() == 1

    def test_two_editors_do_not_overwrite_each_other_unseen(self, draft, editor):
        first, second = PlatformAdministratorFactory(full_name="Ann Reed"), editor
        save(draft, first, title="Hers")
        with pytest.raises(services.StaleDraft, match="Ann Reed saved this draft after you opened it") as refusal:
            save(draft, second, title="Mine")
        assert refusal.value.revision == 1 and refusal.value.saved_by == first
        draft.refresh_from_db()
        assert draft.title == "Hers"

    def test_what_is_not_a_draft_cannot_be_saved(self, published, editor):
        with pytest.raises(services.PublicationRefused, match="is published, not a draft"):
            save(published, editor, title="x")

    def test_what_is_gone_cannot_be_saved(self, draft, editor):
        services.delete_draft(version=draft, by=editor)
        with pytest.raises(services.PublicationRefused, match="deleted meanwhile"):
            save(draft, editor, title="x")

    @pytest.mark.parametrize(
        ("changes", "field", "message"),
        [
            ({"definition": "<DEXi>"}, "definition", "The model cannot be read"),
            ({"definition": "<DEXi><NAME>x</NAME></DEXi>"}, "definition", "no attribute"),
            ({"inputs": {"NOBODY": "age75_share"}}, "inputs", "no input called NOBODY"),
            ({"inputs": {"AGE75": "made_up"}}, "inputs", "no indicator called made_up"),
            ({"thresholds": {"NOBODY": {"bounds": [1, 2]}}}, "thresholds", "no input called NOBODY"),
            ({"thresholds": {"AGE75": {"bounds": [12, 8]}}}, "thresholds", "8 does not lie above 12"),
            ({"thresholds": {"AGE75": {"bounds": [8]}}}, "thresholds", "3 classes need 2 bounds, found 1"),
            ({"thresholds": {"AGE75": {"bounds": [8, float("nan")]}}}, "thresholds", "finite"),
            ({"thresholds": {"AGE75": {"percentiles": [80, 50]}}}, "thresholds", "percentiles rise"),
            ({"thresholds": {"AGE75": {"percentiles": [2, 50]}}}, "thresholds", "lie between 5 and 95"),
            ({"thresholds": {"AGE75": {"bounds": ["a", "b"]}}}, "thresholds", "Aged 75 and over"),
            ({"thresholds": {"AGE75": [8, 12]}}, "thresholds", "expected bounds or percentiles, found [8, 12]"),
            ({"minutes": {"base": [20]}}, "minutes", "not complete"),
        ],
    )
    def test_every_fault_is_named_with_its_field(self, draft, editor, changes, field, message):
        with pytest.raises(services.DraftInvalid) as refusal:
            save(draft, editor, **changes)
        assert [name for name, _ in refusal.value.problems] == [field]
        assert message in str(refusal.value)
        draft.refresh_from_db()
        assert draft.revision == 0

    def test_several_faults_are_named_at_once(self, draft, editor):
        minutes = draft.minutes | {"floor": 5}
        with pytest.raises(services.DraftInvalid) as refusal:
            save(draft, editor, inputs={"AGE75": "made_up"}, minutes=minutes, title="x" * 200)
        assert [field for field, _ in refusal.value.problems] == ["title", "inputs", "minutes"]
        assert "found 5 to 90" in str(refusal.value)

    @pytest.mark.parametrize(
        "part",
        [
            {"base": [20, 30, 45, float("nan")]},
            {"base": [20, 30, 45, "60"]},
            {"review_hours": [2016, 1008, 336, 47.5]},
            {"additions": [{"attribute": "FRAILTY", "class_index": 2, "minutes": -5, "reason": ""}]},
        ],
    )
    def test_minutes_are_whole_numbers(self, draft, editor, part):
        with pytest.raises(services.DraftInvalid) as refusal:
            save(draft, editor, minutes=draft.minutes | part)
        assert [field for field, _ in refusal.value.problems] == ["minutes"]

    def test_minutes_for_other_classes_are_refused(self, draft, editor):
        with pytest.raises(services.DraftInvalid, match="each of the 4 classes"):
            save(draft, editor, minutes=draft.minutes | {"base": [20, 30]})

    def test_an_organisations_own_indicator_cannot_feed_the_model_of_all(self, draft, editor, organisation):
        own = Indicator.objects.create(
            code="own", name="Own", unit="%", polarity="high", source="We", organisation=organisation
        )
        with pytest.raises(services.DraftInvalid, match="no indicator called own that everybody may see"):
            save(draft, editor, inputs={"AGE75": own.code})


class TestThresholdsOfADraft:
    def test_bounds_set_by_hand_get_their_provenance(self, draft, editor):
        saved = save(draft, editor, thresholds={"AGE75": {"bounds": [9, 14], "half_widths": [1, 1]}})
        entry = saved.thresholds["AGE75"]
        assert entry["bounds"] == [9, 14] and entry["method"] == "fixed"
        assert entry["extent"] == "101 areas of the fictional city" and entry["areas"] == 101
        assert len(entry["datasets"]) == 1 and entry["indicator"] == "age75_share"
        assert saved.thresholds["NO_CAR"] == draft.thresholds["NO_CAR"]

    def test_percentiles_are_computed_from_the_loaded_data(self, draft, editor):
        saved = save(draft, editor, thresholds={"AGE75": {"percentiles": [40, 70]}})
        entry = saved.thresholds["AGE75"]
        assert entry["bounds"] == [36.0, 63.0] and entry["percentiles"] == [40, 70]
        assert entry["method"] == "P40 and P70 of the loaded areas"

    def test_changing_computed_bounds_by_hand_ends_computing_them(self, draft, editor):
        before = draft.thresholds["GP_TRAVEL"]
        assert before["percentiles"] == [50, 80]
        entry = save(draft, editor, thresholds={"GP_TRAVEL": before | {"bounds": [20, 40]}}).thresholds["GP_TRAVEL"]
        assert entry["bounds"] == [20, 40] and entry["method"] == "fixed" and "percentiles" not in entry

    def test_a_form_that_sends_only_the_same_bounds_changes_nothing(self, draft, editor):
        entry = draft.thresholds["GP_TRAVEL"]
        sent = {"bounds": entry["bounds"], "half_widths": entry["half_widths"]}
        assert save(draft, editor, thresholds={"GP_TRAVEL": sent}).revision == 0

    def test_what_a_form_shows_and_sends_back_changes_nothing(self, editor):
        # A part of England keeps the national percentiles, whose soft zones are sixths of a gap.
        make_areas(*spread(10))
        draft = services.new_draft(source=publish(), by=editor)
        assert draft.thresholds["RESPIRATORY"]["extent"].startswith("a part of England")
        parts = ("bounds", "half_widths")
        sent = {
            name: {part: [float(f"{number:.10g}") for number in entry[part]] for part in parts}
            for name, entry in draft.thresholds.items()
        }
        assert save(draft, editor, thresholds=sent).revision == 0

    def test_another_indicator_needs_other_bounds(self, draft, editor):
        saved = save(draft, editor, inputs={"AGE75": "imd_decile"})
        assert saved.thresholds["AGE75"]["bounds"] is None
        with pytest.raises(services.PublicationRefused, match="Aged 75 and over has no thresholds"):
            services.propose_version(version=saved, by=editor, reason="Try")
        saved = save(saved, editor, thresholds={"AGE75": {"bounds": [3, 8], "descending": True}})
        assert saved.thresholds["AGE75"]["indicator"] == "imd_decile"
        assert services.propose_version(version=saved, by=editor, reason="Try").state == "review"

    def test_percentiles_follow_the_indicator(self, draft, editor):
        make_figures({}, make_dataset())
        saved = save(draft, editor, inputs={"GP_TRAVEL": "no_car_share"})
        entry = saved.thresholds["GP_TRAVEL"]
        assert entry["indicator"] == "no_car_share" and entry["bounds"] == [45.0, 72.0]


class TestConflicts:
    def test_contradicting_rules_need_a_reason(self, draft, editor):
        with pytest.raises(services.ConflictsNeedReason, match="Clinical need: 7 pairs of rules") as refusal:
            save(draft, editor, definition=contradicting(draft.definition))
        (conflict,) = refusal.value.conflicts.values()
        assert "Rule 2 gives moderate" in conflict.sentences[0] and "rule 9 gives low" in conflict.sentences[0]

    def test_the_reason_is_kept_with_who_and_when(self, draft, editor):
        definition = contradicting(draft.definition)
        saved = save(draft, editor, definition=definition, accepted_conflicts={"CLINICAL_NEED": " Tried on purpose "})
        accepted = saved.accepted_conflicts["CLINICAL_NEED"]
        assert (accepted["reason"], accepted["by"], len(accepted["pairs"])) == ("Tried on purpose", str(editor.pk), 7)
        assert [event.action for event in AuditEvent.objects.about(saved)][:2] == [
            "model.conflicts_accepted",
            "model.edited",
        ]

    def test_other_changes_do_not_ask_again_and_further_conflicts_do(self, draft, editor):
        definition = contradicting(draft.definition)
        saved = save(draft, editor, definition=definition, accepted_conflicts={"CLINICAL_NEED": "On purpose"})
        saved = save(saved, editor, title="Renamed")
        saved = save(saved, editor, definition=edited(saved.definition, "FRAILTY", r1=1))
        assert saved.accepted_conflicts["CLINICAL_NEED"]["reason"] == "On purpose"
        with pytest.raises(services.ConflictsNeedReason, match="Clinical need"):
            save(saved, editor, definition=edited(saved.definition, "CLINICAL_NEED", r7=0))

    def test_acceptance_ends_with_the_conflict(self, draft, editor):
        definition = contradicting(draft.definition)
        saved = save(draft, editor, definition=definition, accepted_conflicts={"CLINICAL_NEED": "On purpose"})
        saved = save(saved, editor, definition=draft.definition)
        assert saved.accepted_conflicts == {}

    def test_open_rules_contradict_nobody(self, draft, editor):
        definition = opened(contradicting(draft.definition), "CLINICAL_NEED", 8)
        assert save(draft, editor, definition=definition).accepted_conflicts == {}


class TestDeleting:
    def test_a_draft_goes_for_good_and_its_copies_stay(self, draft, editor):
        copy = services.new_draft(source=draft, by=editor)
        services.delete_draft(version=draft, by=editor)
        copy.refresh_from_db()
        assert copy.based_on is None
        assert AuditEvent.objects.filter(action="model.deleted").count() == 1

    def test_what_was_published_stays(self, published, editor):
        with pytest.raises(services.PublicationRefused, match="not a draft"), transaction.atomic():
            services.delete_draft(version=published, by=editor)


class TestImport:
    def test_a_file_becomes_a_draft_based_on_the_latest_version(self, published, editor):
        draft = services.import_model(definition=edited(published.definition, "FRAILTY", r1=1), by=editor)
        assert (draft.number, draft.based_on, draft.thresholds) == (2, published, {})
        with pytest.raises(services.PublicationRefused, match="no thresholds yet"):
            services.propose_version(version=draft, by=editor, reason="From a file")
        draft = services.compute_thresholds(version=draft, by=editor)
        assert draft.thresholds["GP_TRAVEL"]["bounds"] == published.thresholds["GP_TRAVEL"]["bounds"]
        assert services.propose_version(version=draft, by=editor, reason="From a file").state == "review"

    def test_people_without_the_right_import_nothing(self, published):
        with pytest.raises(services.PublicationRefused, match="Only a platform administrator"):
            services.import_model(definition=published.definition, by=UserFactory())
