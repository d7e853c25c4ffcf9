"""The loader itself: order, once only, newest in force, patches, rehearsals, taking back, telling others."""

import pytest

from accounts.models import AuditEvent
from lsoa.loading import hooks
from lsoa.loading.discovery import PathMissing, discover
from lsoa.loading.hooks import register_after_boundaries
from lsoa.models import Area, Dataset, IndicatorValue, LoadReject
from lsoa.services import RollbackImpossible, load_paths, loading, roll_back
from lsoa.signals import dataset_loaded

from . import published
from .conftest import LOADER
from .factories import DatasetFactory, IndicatorFactory, IndicatorValueFactory, PatchFactory
from .published import CODES

CARE = dict.fromkeys(CODES, [900, 18])


def share(code=CODES[0], indicator="unpaid_care_50h_share"):
    return Area.objects.with_profile().get(code=code).profile.values[indicator]


def counts():
    return [model.objects.count() for model in (Area, Dataset, IndicatorValue, LoadReject, AuditEvent)]


def test_files_are_loaded_in_the_order_of_their_needs(load, small_nation, tmp_path):
    published.qof(tmp_path / "a_PREVALENCE_2425.csv", {"A81001": (80, 1000)})
    published.nomis(tmp_path / "b_census.csv", "TS039", CARE)
    published.practices(tmp_path / "c_practices.csv", [("A81001", CODES[0], "ACTIVE")])
    published.local_authorities(tmp_path / "d_lookup.csv", [(CODES[0], "E08000025", "Birmingham")])
    (tmp_path / "deep").mkdir()
    published.boundaries(tmp_path / "deep" / "z.geojson.gz")
    (tmp_path / "notes.txt").write_text("nothing, for anybody")
    (tmp_path / ".hidden.csv").write_text("a,b")
    outcomes = load(tmp_path)
    assert [outcome.name for outcome in outcomes] == [
        "z.geojson.gz", "d_lookup.csv", "c_practices.csv", "b_census.csv", "a_PREVALENCE_2425.csv", "notes.txt",
    ]  # fmt: skip
    assert [outcome.state for outcome in outcomes] == ["loaded"] * 5 + ["skipped"]


def test_a_path_that_leads_nowhere_is_an_error(tmp_path):
    with pytest.raises(PathMissing, match="neither a file nor a directory"):
        discover([tmp_path / "missing.csv"])


def test_the_same_file_again_changes_nothing_and_says_so(boundaries, load, tmp_path):
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    load(path)
    before = counts()
    again = load(path.rename(tmp_path / "renamed.csv"))
    assert again.state == "unchanged" and "already loaded on" in again.message
    assert counts() == before


def test_a_corrected_file_takes_the_place_of_the_first(boundaries, load, tmp_path):
    load(published.nomis(tmp_path / "a.csv", "TS039", CARE))
    load(published.nomis(tmp_path / "b.csv", "TS039", dict.fromkeys(CODES, [900, 9])))
    assert share() == 1.0
    states = Dataset.objects.filter(publication="census2021-ts039").values_list("file_name", "state")
    assert dict(states) == {"a.csv": "superseded", "b.csv": "current"}


def test_an_older_release_is_kept_as_history_only(boundaries, load, tmp_path):
    load(published.practices(tmp_path / "p.csv", [("A81001", CODES[0], "ACTIVE")]))
    load(published.qof(tmp_path / "PREVALENCE_2425.csv", {"A81001": (80, 1000)}))
    outcome = load(published.qof(tmp_path / "PREVALENCE_2021.csv", {"A81001": (40, 1000)}))
    assert outcome.state == "history"
    releases = Dataset.objects.filter(publication="qof-prevalence").values_list("release", "state")
    assert dict(releases) == {"2024-25": "current", "2020-21": "superseded"}


def modelled_care(**fields):
    """Another publication that gives the same indicator for the first area: 99."""
    dataset = DatasetFactory(standing=Dataset.Standing.ASSEMBLED, **fields)
    indicator = IndicatorFactory(code="unpaid_care_50h_share")
    IndicatorValueFactory(area=Area.objects.get(code=CODES[0]), indicator=indicator, dataset=dataset, value=99)
    return dataset


@pytest.mark.parametrize(
    ("fields", "in_force"),
    [
        ({"release": "2030"}, 99),
        ({"release": "2021"}, 2.0),
        ({"release": "2011"}, 2.0),
        ({"release": "2011", "is_pinned": True}, 99),
        ({"release": "2030", "state": "superseded"}, 2.0),
    ],
)
def test_pinned_comes_before_newest_release_before_better_standing(boundaries, load, tmp_path, fields, in_force):
    load(published.nomis(tmp_path / "a.csv", "TS039", CARE))
    modelled_care(**fields)
    load(published.nomis(tmp_path / "b.csv", "TS037", dict.fromkeys(CODES, [1000, 40, 15])))
    assert share() == in_force


def test_what_an_organisation_keeps_for_itself_is_in_no_profile(boundaries, load, organisation, tmp_path):
    load(published.nomis(tmp_path / "a.csv", "TS039", CARE))
    modelled_care(release="2030", organisation=organisation)
    load(published.nomis(tmp_path / "b.csv", "TS037", dict.fromkeys(CODES, [1000, 40, 15])))
    assert share() == 2.0


def test_one_bad_file_does_not_stop_the_others(boundaries, load, tmp_path):
    published.nomis(tmp_path / "good.csv", "TS039", CARE)
    published.nomis(tmp_path / "bad.csv", "TS037", {}, headings=["General health: Total", "x", "y"])
    outcomes = load(tmp_path)
    assert {outcome.name: outcome.state for outcome in outcomes} == {
        "good.csv": "loaded",
        "bad.csv": "refused",
        "boundaries.geojson.gz": "unchanged",
    }


def test_a_rehearsal_reports_and_writes_nothing(boundaries, load, tmp_path):
    before = counts()
    rows = [(CODES[0], [900, 18]), (CODES[0], [900, 18])]
    outcome = load(published.nomis(tmp_path / "t.csv", "TS039", rows), dry_run=True)
    assert outcome.state == "dry_run"
    assert outcome.quality["rejected_by_reason"] == {"duplicate of line 2": 1}
    assert counts() == before


def test_a_failure_in_the_middle_leaves_nothing(boundaries, load, tmp_path, monkeypatch):
    from lsoa.loading import loader

    before = counts()

    def fail(*args):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(loader._Load, "_finish", fail)
    with pytest.raises(RuntimeError):
        load(published.nomis(tmp_path / "t.csv", "TS039", CARE))
    assert counts() == before


def test_a_load_killed_before_its_end_is_made_good_by_the_next(boundaries, load, tmp_path, monkeypatch):
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    with monkeypatch.context() as killed:
        killed.setattr(loading._Run, "follow_up", lambda *args, **options: None)
        load(path)
    assert "unpaid_care_50h_share" not in Area.objects.with_profile().first().profile.values
    assert load(path).state == "unchanged"
    assert share() == 2.0


def test_a_patch_loads_its_areas_only_and_stands_beside_the_nation(boundaries, load, tmp_path):
    patch = PatchFactory(areas=[Area.objects.get(code=CODES[0])])
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    outcome = load(path, patch=patch)
    assert IndicatorValue.objects.filter(indicator__code="unpaid_care_50h_share").count() == 1
    assert outcome.quality["skipped"] == {"rows outside the patch": 2}
    assert outcome.quality["indicators"]["unpaid_care_50h_share"]["areas_without"] == 0
    assert outcome.dataset.extent.startswith(f"Patch {patch.slug} of ")
    assert load(path, patch=patch).state == "unchanged"
    assert load(path).state == "loaded"
    assert Dataset.objects.in_force().filter(publication="census2021-ts039").count() == 2


def test_each_load_is_audited_by_name_and_hash(boundaries, load, tmp_path):
    outcome = load(published.nomis(tmp_path / "t.csv", "TS039", CARE))
    event = AuditEvent.objects.about(outcome.dataset).get()
    assert (event.action, event.actor_id) == ("dataset.loaded", "test")
    assert event.details["file_sha256"] == outcome.dataset.file_sha256
    assert event.details["rows_loaded"] == 3


def test_others_hear_of_new_data_when_the_profile_is_ready(boundaries, load, tmp_path):
    heard = []

    def listen(sender, dataset, **kwargs):
        heard.append((dataset.publication, share()))

    dataset_loaded.connect(listen)
    try:
        load(published.nomis(tmp_path / "t.csv", "TS039", CARE))
    finally:
        dataset_loaded.disconnect(listen)
    assert heard == [("census2021-ts039", 2.0)]


def test_a_listener_that_fails_takes_nothing_back(boundaries, load, tmp_path):
    def fail(sender, **kwargs):
        raise RuntimeError("no model yet")

    dataset_loaded.connect(fail)
    try:
        outcome = load(published.nomis(tmp_path / "t.csv", "TS039", CARE))
    finally:
        dataset_loaded.disconnect(fail)
    assert (outcome.state, share()) == ("loaded", 2.0)


def test_what_follows_from_boundaries_runs_once_and_finishes_last(load, tmp_path, monkeypatch):
    happened = []
    monkeypatch.setattr(hooks, "_after_boundaries", [])

    def callback(*, by, progress):
        happened.append(Area.objects.count())
        return lambda: happened.append(IndicatorValue.objects.filter(indicator__code="unpaid_care_50h_share").count())

    register_after_boundaries(callback)
    published.boundaries(tmp_path / "a.geojson", codes=CODES[:1])
    published.boundaries(tmp_path / "b.geojson", codes=CODES[1:])
    published.nomis(tmp_path / "t.csv", "TS039", CARE)
    load(tmp_path)
    assert happened == [3, 3]
    load(tmp_path)
    assert happened == [3, 3]


def test_progress_only_grows_and_names_the_file(boundaries, tmp_path):
    told = []
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    load_paths(paths=[path], by=LOADER, progress=lambda fraction, message: told.append((fraction, message)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_taking_back_puts_the_release_before_in_force(boundaries, load, tmp_path):
    first = load(published.nomis(tmp_path / "a.csv", "TS039", CARE)).dataset
    path = published.nomis(tmp_path / "b.csv", "TS039", dict.fromkeys(CODES, [900, 9]))
    second = load(path).dataset
    assert roll_back(dataset=second, by=LOADER) == first
    assert share() == 2.0
    event = AuditEvent.objects.filter(action="dataset.rolled_back").get()
    assert event.details == {"reinstated": str(first.pk)}
    # What was taken back may be loaded again.
    assert load(path).state == "loaded"
    assert share() == 1.0


def test_a_load_that_was_killed_after_its_last_commit_is_made_whole_by_the_next(
    boundaries, load, tmp_path, monkeypatch
):
    """The indicator has figures of an earlier release in the profile, so that nothing is missing from it."""
    told = []
    load(published.nomis(tmp_path / "a.csv", "TS039", CARE))
    path = published.nomis(tmp_path / "b.csv", "TS039", dict.fromkeys(CODES, [900, 9]))
    monkeypatch.setattr(loading, "refresh_profile", killed)
    with pytest.raises(KeyboardInterrupt):
        load(path)
    assert share() == 2.0
    monkeypatch.undo()
    dataset_loaded.connect(lambda sender, dataset, **_: told.append(dataset), weak=False, dispatch_uid="killed")
    try:
        again = load(path)
        assert (again.state, share(), told) == ("unchanged", 1.0, [again.dataset])
        load(path)
    finally:
        dataset_loaded.disconnect(dispatch_uid="killed")
    assert told == [again.dataset]


def killed():
    raise KeyboardInterrupt


def test_boundaries_and_superseded_datasets_cannot_be_taken_back(boundaries, load, tmp_path):
    with pytest.raises(RollbackImpossible, match="load the earlier file again"):
        roll_back(dataset=boundaries.dataset, by=LOADER)
    old = load(published.nomis(tmp_path / "a.csv", "TS039", CARE)).dataset
    load(published.nomis(tmp_path / "b.csv", "TS039", dict.fromkeys(CODES, [900, 9])))
    with pytest.raises(RollbackImpossible, match="not in force"):
        roll_back(dataset=old, by=LOADER)


def test_a_file_that_came_before_its_boundaries_is_loaded_once_they_are_there(load, tmp_path):
    load(published.boundaries(tmp_path / "one.geojson", codes=CODES[:1]))
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    assert load(path).quality["rows_loaded"] == 1
    assert load(path).state == "unchanged"
    load(published.boundaries(tmp_path / "all.geojson", codes=CODES))
    again = load(path)
    assert (again.state, again.quality["rows_loaded"]) == ("loaded", 3)
    assert share(CODES[2]) is not None
    assert load(path).state == "unchanged"


def test_a_bad_row_among_rows_of_other_areas_does_not_make_the_file_pass_for_loaded(load, tmp_path):
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE | {"nonsense": [900, 18]})
    assert load(path).state == "unchanged"
    assert not Dataset.objects.exists()


def test_a_file_without_one_good_row_is_refused_and_what_is_in_force_stays(boundaries, load, tmp_path):
    load(published.nomis(tmp_path / "good.csv", "TS039", CARE))
    before = counts()
    useless = load(published.nomis(tmp_path / "bad.csv", "TS039", dict.fromkeys(CODES, ["x", "y"])))
    assert useless.state == "refused"
    assert "expected rows that can be loaded, found none: 6 rejected, the first in line 2" in useless.message
    assert counts() == before
    assert share() == 2.0
