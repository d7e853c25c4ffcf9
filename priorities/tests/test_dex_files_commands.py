"""dex_export and dex_import: a version goes out as a file and comes back as a draft."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent
from priorities import default_model, services
from priorities.dex.dxi import read_dxi
from priorities.dex.model import ModelError
from priorities.model_versions import compile_version
from priorities.models import ModelVersion
from priorities.tests.dex.models import attribute, dxi, function
from priorities.tests.factories import make_areas, publish, spread

pytestmark = pytest.mark.django_db

SMALL = dxi(attribute("R", function("012"), attribute("A")))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "model.dxi"


def test_a_published_version_goes_out_and_comes_back_as_a_draft(capsys, file):
    make_areas(*spread())
    published = publish()
    call_command("dex_export", default_model.NAME)
    out, log = capsys.readouterr()
    assert out == published.definition and log.strip() == f"{published}: published"
    file.write_text(out)
    call_command("dex_import", file, reason="Round trip")
    assert capsys.readouterr().out.strip() == "LSOA visit priority, version 2: draft"
    draft = ModelVersion.objects.get(number=2)
    assert read_dxi(draft.definition) == published.compiled.model
    assert (draft.inputs, draft.minutes) == (published.inputs, published.minutes)
    assert draft.thresholds == {} and draft.reason == "Round trip"
    assert compile_version(draft).indicators == published.compiled.indicators
    event = AuditEvent.objects.filter(action="model.imported").get()
    assert event.target_id == str(draft.pk) and event.details["number"] == 2


def test_the_same_file_again_changes_nothing(file):
    file.write_text(SMALL)
    for _ in range(2):
        call_command("dex_import", file)
    assert ModelVersion.objects.get().name == "Made up"


def test_another_file_makes_the_next_version(file):
    file.write_text(SMALL)
    call_command("dex_import", file, name="Mine")
    file.write_text(SMALL.replace("012", "011"))
    call_command("dex_import", file, name="Mine")
    assert list(ModelVersion.objects.values_list("name", "number")) == [("Mine", 2), ("Mine", 1)]


def test_a_draft_of_another_model_says_what_it_lacks(file):
    file.write_text(SMALL)
    call_command("dex_import", file)
    draft = ModelVersion.objects.get()
    assert (draft.inputs, draft.minutes, draft.thresholds) == ({}, {}, {})
    with pytest.raises(ModelError, match="A: no indicator is named"):
        compile_version(draft)
    draft.inputs = {"A": "age75_share"}
    with pytest.raises(ModelError, match="no visit minutes are set"):
        compile_version(draft)


def test_what_a_file_holds_for_other_tools_is_kept(file, tmp_path):
    text = dxi(attribute("R", function("012", "<NOTE>mine</NOTE>"), attribute("A")), settings="<FONTSIZE>9</FONTSIZE>")
    file.write_bytes(text.replace("UTF-8", "windows-1252").replace("mine", "café").encode("windows-1252"))
    call_command("dex_import", file)
    out = tmp_path / "out.dxi"
    call_command("dex_export", "Made up", number=1, out=out)
    written = out.read_text(encoding="utf-8")
    assert "<NOTE>café</NOTE>" in written and "<FONTSIZE>9</FONTSIZE>" in written
    assert read_dxi(out.read_bytes()) == read_dxi(file.read_bytes())


def test_either_form_can_be_asked_for(file, capsys):
    file.write_text(SMALL)
    call_command("dex_import", file)
    capsys.readouterr()
    call_command("dex_export", "Made up", number=1, form="new")
    assert '<RULE Args="1">1</RULE>' in capsys.readouterr().out
    file.write_text(dxi(attribute("R", "<TABLE><RULE>{0;2}</RULE></TABLE>", attribute("A", classes=1))))
    call_command("dex_import", file)
    with pytest.raises(CommandError, match="old form: R: rule 0 is {0;2}, which FUNCTION cannot hold"):
        call_command("dex_export", "Made up", number=2, form="old")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<DEXi/>", "DEXi: the model has no attribute"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><DEXi>&a;</DEXi>", "document types and entities are not allowed"),
        (SMALL.replace("012", "01").encode(), "R: LOW of its FUNCTION has 2 rules; the arguments make 3"),
        (SMALL.replace("Made up", "x" * 101).encode(), "1 to 100 characters; this one has 101"),
        (SMALL.replace("Made up", "").encode(), "1 to 100 characters; this one has 0"),
        (b" " * 20_000_001, "at most 20,000,000 bytes are read"),
    ],
)
def test_files_that_are_refused_leave_nothing(file, data, reason):
    file.write_bytes(data)
    with pytest.raises(CommandError, match=".") as refusal:
        call_command("dex_import", file)
    assert reason in str(refusal.value) and "\n" not in str(refusal.value)
    assert not ModelVersion.objects.exists()


def test_files_and_versions_that_are_not_there(file):
    with pytest.raises(CommandError, match="cannot be read: no such file"):
        call_command("dex_import", file)
    with pytest.raises(CommandError, match="no model called Nobody; there are: none"):
        call_command("dex_export", "Nobody")
    file.write_text(SMALL)
    call_command("dex_import", file)
    with pytest.raises(CommandError, match="Made up has no published version; choose one with --number: 1"):
        call_command("dex_export", "Made up")
    with pytest.raises(CommandError, match="Made up has no version 7"):
        call_command("dex_export", "Made up", number=7)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("dex_export", "Made up", number=1, out=file.parent / "missing" / "x.dxi")


def test_only_platform_administrators_import(platform_administrator, make_user):
    assert services.import_model(definition=SMALL, by=platform_administrator).created_by == platform_administrator
    with pytest.raises(services.PublicationRefused):
        services.import_model(definition=SMALL, name="Other", by=make_user(roles=["analyst"]))
