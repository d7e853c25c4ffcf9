"""The commands: answers on standard output, exit codes, wrong usage."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent
from lsoa.models import Area, Dataset, IndicatorValue, Patch

from . import published
from .factories import AreaFactory, PatchFactory
from .published import CODES

CARE = dict.fromkeys(CODES, [900, 18])


def run(capsys, *args, **options):
    """(exit code, standard output)"""
    code = 0
    try:
        call_command(*args, **options)
    except SystemExit as exit_call:
        code = exit_call.code
    return code, capsys.readouterr().out


def test_loading_prints_a_report_per_file(boundaries, capsys, tmp_path):
    path = published.nomis(tmp_path / "t.csv", "TS039", {**CARE, "W01000001": [1, 0]})
    code, out = run(capsys, "load_open_data", str(path))
    assert code == 0
    assert "t.csv: loaded" in out
    assert "Census 2021, TS039: Provision of unpaid care, 2021 (England)" in out
    assert "rows read 4, loaded 3, rejected 0" in out
    assert "skipped 1: Welsh rows" in out
    assert "unpaid_care_50h_share: 3 values, 2 to 2, mean 2" in out
    assert out.rstrip().endswith("1 files: 1 loaded")
    code, out = run(capsys, "load_open_data", str(path))
    assert code == 0 and "t.csv: unchanged: already loaded on" in out


def test_a_refused_file_makes_exit_code_1_and_the_others_load(boundaries, capsys, tmp_path):
    (tmp_path / "in").mkdir()
    published.nomis(tmp_path / "in" / "good.csv", "TS039", CARE)
    published.boundaries(tmp_path / "in" / "old.geojson", prefix="LSOA11")
    (tmp_path / "in" / "README.md").write_text("# Read me")
    code, out = run(capsys, "load_open_data", str(tmp_path / "in"))
    assert code == 1
    assert (
        "old.geojson: REFUSED: expected LSOA codes of 2011, "
        "found none that ended with 2011 and 1 that 2011 did not have" in out
    )
    assert "README.md: skipped" in out
    assert "3 files: 1 loaded, 1 skipped, 1 REFUSED" in out
    assert IndicatorValue.objects.filter(indicator__code="unpaid_care_50h_share").count() == 3


def test_wrong_usage_is_exit_code_2(boundaries, tmp_path):
    path = str(published.nomis(tmp_path / "t.csv", "TS039", CARE))
    for args in (["missing.csv"], [""], [path, "--patch", "nowhere"]):
        with pytest.raises(CommandError) as error:
            call_command("load_open_data", *args)
        assert error.value.returncode == 2


def test_a_patch_is_named_by_slug_or_by_organisation_and_slug(boundaries, capsys, tmp_path):
    area = Area.objects.get(code=CODES[0])
    first, second = PatchFactory(slug="city", areas=[area]), PatchFactory(slug="city", areas=[area])
    path = str(published.nomis(tmp_path / "t.csv", "TS039", CARE))
    with pytest.raises(CommandError, match="Several organisations"):
        call_command("load_open_data", path, patch="city")
    run(capsys, "load_open_data", path, patch=f"{second.organisation.name}/city")
    assert Dataset.objects.latest("loaded_at").extent == f"Patch city of {second.organisation.name}"
    assert first.slug == second.slug
    assert set(IndicatorValue.objects.values_list("area__code", flat=True)) == {CODES[0]}


def test_a_rehearsal_says_so(boundaries, capsys, tmp_path):
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    _, out = run(capsys, "load_open_data", str(path), dry_run=True)
    assert "checked only: checked, nothing was written" in out
    assert not IndicatorValue.objects.exists()


def test_create_patch_from_authorities_and_boards(organisation, capsys):
    AreaFactory.create_batch(2)
    AreaFactory(local_authority_code="E08000029", icb_code="E54000055")
    AreaFactory(local_authority_code="E08000030", vintage=2011)
    options = {"organisation": organisation.name, "name": "Testford and Solihull"}
    run(capsys, "create_patch", **options, local_authority=["testford", "E08000029"])
    patch = Patch.objects.for_organisation(organisation).get()
    assert (patch.slug, patch.areas.count()) == ("testford-and-solihull", 3)
    event = AuditEvent.objects.about(patch).get()
    assert (event.action, event.organisation_id) == ("patch.created", organisation.pk)
    for wrong, message in (
        ({**options, "icb": ["E54000055"]}, "has a patch named"),
        ({**options, "name": "Other", "icb": ["E54999999"], "area": ["E01999999"]}, "E54999999, E01999999"),
        ({**options, "name": "Other"}, "at least one"),
        ({**options, "name": "!?"}, "letters or digits"),
        ({**options, "organisation": "Nobody"}, "no organisation named Nobody"),
    ):
        with pytest.raises(CommandError, match=message):
            call_command("create_patch", **wrong)
    assert Patch.objects.for_organisation(organisation).count() == 1


def test_data_report_shows_what_is_in_force(boundaries, load, capsys, tmp_path):
    load(published.nomis(tmp_path / "t.csv", "TS039", {**CARE, "E01999999": [1, 0]}))
    _, out = run(capsys, "data_report")
    assert "Areas of 2021: 3" in out
    assert "Census 2021, TS039: Provision of unpaid care, 2021 (England): in force, official publication" in out
    assert "line 5 E01999999: unknown area code" in out
    assert "unpaid_care_50h_share: 3, 2, 2, 2" in out


def test_a_load_that_is_stopped_says_what_is_kept(boundaries, tmp_path, monkeypatch):
    from lsoa.loading import values

    def stop(statement, blocks):
        raise KeyboardInterrupt

    monkeypatch.setattr(values, "write_copy", stop)
    path = published.nomis(tmp_path / "t.csv", "TS039", {CODES[0]: [1, 0]})
    with pytest.raises(CommandError, match="Nothing of the file being loaded is kept") as error:
        call_command("load_open_data", str(path))
    assert error.value.returncode == 130
    assert not IndicatorValue.objects.exists()
