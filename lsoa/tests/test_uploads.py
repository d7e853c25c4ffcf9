"""Files handed in on a page: publications by platform administrators, own figures by organisations."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.audit import SystemActor
from accounts.models import AuditEvent, JobState
from lsoa import services
from lsoa.models import Area, Dataset, Indicator, IndicatorValue, Upload
from lsoa.services.uploads import upload_folder
from lsoa.sources.base import Refused
from lsoa.sources.own_indicators import read_own_figures

from . import published
from .factories import AreaFactory
from .published import CODES


@pytest.fixture(autouse=True)
def private_folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


# --- Publications ---


@pytest.fixture
def care_file(tmp_path):
    rows = {**dict.fromkeys(CODES, [900, 18]), "E01999999": [1, 0]}
    return published.nomis(tmp_path / "census2021-ts039-lsoa.csv", "TS039", rows)


@pytest.fixture
def hand_in(platform_client, django_capture_on_commit_callbacks):
    def post(*paths, name=None):
        files = [SimpleUploadedFile(name or path.name, path.read_bytes()) for path in paths]
        with django_capture_on_commit_callbacks(execute=True):
            answer = platform_client.post("/data/load/", {"files": files})
        return platform_client.get(answer.url)

    return post


@pytest.fixture
def start(platform_client, django_capture_on_commit_callbacks):
    def post(upload, **data):
        with django_capture_on_commit_callbacks(execute=True):
            answer = platform_client.post(reverse("load-data-start", args=[upload.pk]), data)
        return platform_client.get(answer.url)

    return post


def test_files_are_rehearsed_first_and_nothing_is_written(boundaries, care_file, hand_in):
    page = text_of(hand_in(care_file))
    assert "What the trial found" in page and "Can be loaded" in page
    assert "rows read 4, loaded 3, rejected 1" in page
    assert not Dataset.objects.filter(publication="census2021-ts039").exists()
    assert upload_folder(Upload.objects.get()).exists()


def test_then_they_are_loaded_and_removed(boundaries, care_file, hand_in, start, platform_administrator):
    hand_in(care_file)
    upload = Upload.objects.get()
    page = text_of(start(upload))
    dataset = Dataset.objects.get(publication="census2021-ts039")
    assert dataset.file_name == care_file.name and dataset.loaded_by == platform_administrator
    assert "What was loaded" in page and reverse("dataset", args=[dataset.pk]) in page
    assert reverse("dataset-rejects-csv", args=[dataset.pk]) in page
    upload.refresh_from_db()
    assert upload.state == Upload.State.USED and not upload_folder(upload).exists()
    assert "Loaded already" in text_of(start(upload)) or "are loaded already" in text_of(start(upload))


def test_a_refused_file_says_what_was_expected(boundaries, hand_in, tmp_path, platform_client):
    path = tmp_path / "t.csv"
    path.write_bytes(b"nothing,that\nanybody,knows\n")
    page = text_of(hand_in(path))
    assert "Not recognised" in page or "Refused" in page
    assert '<button class="nhsuk-button" type="submit">Load</button>' not in page


def test_names_are_never_paths(boundaries, care_file, hand_in, tmp_path):
    hand_in(care_file, name="../../../etc/cron.d/x\nevil.csv")
    upload = Upload.objects.get()
    assert "/" not in upload.names[0] and "\n" not in upload.names[0]
    assert [path.name for path in upload_folder(upload).iterdir()] == ["0001"]
    assert not list(tmp_path.glob("**/cron.d"))
    hand_in(care_file, name="n" * 300)
    assert len(Upload.objects.latest("created_at").job.title) == 200


def test_the_folder_is_outside_of_what_is_served(care_file, hand_in, boundaries):
    hand_in(care_file)
    folder = upload_folder(Upload.objects.get())
    assert Path(settings.STATIC_ROOT) not in folder.parents
    assert folder.stat().st_mode & 0o077 == 0


def test_limits(platform_client, platform_administrator, monkeypatch):
    from lsoa.services import uploads

    assert "Choose a file" in text_of(platform_client.post("/data/load/", {}, follow=True))
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    big = SimpleUploadedFile("b.csv", b"x" * 11)
    assert "Expected at most" in text_of(platform_client.post("/data/load/", {"files": [big]}, follow=True))
    many = [SimpleUploadedFile(f"{n}.csv", b"x") for n in range(26)]
    with pytest.raises(services.UploadRefused, match="at most 25 files"):
        services.receive_files(files=many, by=platform_administrator)
    assert not Upload.objects.exists()


def test_discarding_removes_the_files(boundaries, care_file, hand_in, platform_client):
    hand_in(care_file)
    upload = Upload.objects.get()
    page = text_of(platform_client.post(reverse("load-data-discard", args=[upload.pk]), follow=True))
    assert "Nothing was loaded" in page and not upload_folder(upload).exists()
    assert AuditEvent.objects.filter(action="upload.discarded").exists()


def test_a_cancelled_load_keeps_its_files_for_another_try(boundaries, care_file, hand_in, start, monkeypatch):
    from accounts import jobs

    hand_in(care_file)
    upload = Upload.objects.get()
    with monkeypatch.context() as patched:
        patched.setattr(jobs.JobRun, "cancelled", True)
        start(upload)
    upload.refresh_from_db()
    assert upload.job.state == JobState.CANCELLED and upload.state == Upload.State.RECEIVED
    assert not Dataset.objects.filter(publication="census2021-ts039").exists()
    start(upload)
    assert Dataset.objects.filter(publication="census2021-ts039").exists()


def test_forgotten_files_go_after_a_day(boundaries, care_file, hand_in):
    from django.utils import timezone

    hand_in(care_file)
    by = SystemActor("tests")
    assert services.remove_forgotten_uploads(by=by) == 0
    Upload.objects.update(created_at=timezone.now() - services.uploads.KEPT * 2)
    assert services.remove_forgotten_uploads(by=by) == 1
    assert not upload_folder(Upload.objects.get()).exists()


def test_only_platform_administrators_load(make_user, client_as, db):
    file = SimpleUploadedFile("t.csv", b"x")
    with pytest.raises(PermissionDenied):
        services.receive_files(files=[file], by=make_user(roles=["administrator"]))
    assert client_as("administrator").get("/data/load/").status_code == 403


# --- Own figures ---

OWN = f"LSOA code,Rate\n{CODES[0]},12.5\n{CODES[1]},*\n{CODES[2]},7\n"
FIELDS = {
    "name": "Falls at home", "unit": "per 1,000", "kind": "rate", "polarity": "high", "decimals": "1",
    "description": "Calls for falls.", "period": "2025-26",
}  # fmt: skip


@pytest.fixture
def analyst(client_as):
    return client_as("analyst")


@pytest.fixture
def save_own(analyst, boundaries, django_capture_on_commit_callbacks):
    """`save_own(text, **fields)`: hand in, preview, save; returns the page before saving."""

    def run(text=OWN, client=analyst, address="/data/own/add/", **fields):
        file = SimpleUploadedFile("falls.csv", text.encode() if isinstance(text, str) else text)
        page = client.post(address, {**FIELDS, **fields, "file": file}, follow=True)
        upload = Upload.objects.order_by("-created_at").first()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("own-indicator-preview", args=[upload.pk]), {})
        return text_of(page)

    return run


def test_own_figures_are_previewed_saved_and_shown(save_own, analyst, organisation):
    page = save_own()
    assert "3 rows read: 2 areas with a value, 1 with a reason" in page and "from 7 to 12.5" in page
    indicator = Indicator.objects.get(organisation=organisation)
    values = dict(IndicatorValue.objects.filter(indicator=indicator).values_list("area__code", "value"))
    assert values == {CODES[0]: 12.5, CODES[1]: None, CODES[2]: 7.0}
    assert IndicatorValue.objects.get(indicator=indicator, area__code=CODES[1]).missing_reason == "suppressed"
    area = text_of(analyst.get(reverse("area", args=[CODES[0]])))
    assert "Your organisation's own indicators" in area and "Falls at home" in area and "12.5" in area
    figure = text_of(analyst.get(reverse("figure", args=[indicator.code, CODES[0]])))
    assert "12.5" in figure and "Line 2 of falls.csv" in figure
    assert "Falls at home" in text_of(analyst.get("/data/own/"))
    assert "Falls at home" in text_of(analyst.get("/data/"))
    assert not upload_folder(Upload.objects.get()).exists()


def test_another_organisation_neither_sees_nor_guesses_it(
    save_own, client_as, other_organisation, organisation, platform_client, api_client_as
):
    save_own()
    indicator, dataset = (
        Indicator.objects.get(organisation=organisation),
        Dataset.objects.get(organisation=organisation),
    )
    code, area = indicator.code, CODES[0]
    services.refresh_profile()
    addresses = [
        reverse("figure", args=[code, area]), reverse("indicator", args=[code]),
        reverse("dataset", args=[dataset.pk]), reverse("dataset-rejects", args=[dataset.pk]),
        reverse("dataset-rejects-csv", args=[dataset.pk]), reverse("dataset-figures-csv", args=[dataset.pk]),
    ]  # fmt: skip
    stranger = client_as(*["analyst", "administrator"], organisation=other_organisation)
    for client in (stranger, platform_client):
        for address in addresses:
            assert client.get(address).status_code == 404, address
        for address in (
            "/data/", "/data/?history=1&q=falls", "/data/indicators/", "/data/quality/?resolved=1", "/explore/",
            f"/explore/?theme={code}", f"/explore/?range={code}:1:", "/about-data/", "/search/?q=falls", "/",
            reverse("area", args=[area]),
        ):  # fmt: skip
            page = client.get(address, follow=True).content.decode()
            assert "Falls at home" not in page and "12.5" not in page, address
    for name in ("replace", "take-back", "delete"):
        assert stranger.post(reverse(f"own-indicator-{name}", args=[code])).status_code == 404
    for api in (api_client_as("viewer", organisation=other_organisation), api_client_as("viewer")):
        answer = api.get(f"/api/v1/areas/{area}/").content.decode()
        assert code not in answer and "Falls at home" not in answer
    assert Indicator.objects.filter(code=code).exists()


def test_codes_cannot_be_guessed(save_own, organisation):
    save_own()
    assert len(Indicator.objects.get(organisation=organisation).code.rsplit("-", 1)[1]) == 12


def test_a_waiting_file_is_the_organisations_alone(analyst, boundaries, client_as, other_organisation):
    file = SimpleUploadedFile("falls.csv", OWN.encode())
    analyst.post("/data/own/add/", {**FIELDS, "file": file})
    address = reverse("own-indicator-preview", args=[Upload.objects.get().pk])
    assert client_as("analyst", organisation=other_organisation).get(address).status_code == 404
    assert "The area codes are those of 2021" in text_of(analyst.get(address))


def test_figures_are_replaced_taken_back_and_deleted(save_own, analyst, organisation):
    save_own()
    indicator = Indicator.objects.get(organisation=organisation)
    save_own(
        OWN.replace("12.5", "99"), address=reverse("own-indicator-replace", args=[indicator.code]), period="2026-27"
    )
    figure = reverse("figure", args=[indicator.code, CODES[0]])
    page = text_of(analyst.get(figure))
    assert "99.0" in page and "12.5" in page and Dataset.objects.filter(organisation=organisation).count() == 2
    assert "Those of 2025-26 are in force again" in text_of(
        analyst.post(reverse("own-indicator-take-back", args=[indicator.code]), follow=True)
    )
    assert "99.0" not in text_of(analyst.get(figure))
    analyst.post(reverse("own-indicator-take-back", args=[indicator.code]))
    assert "no figures in force" in text_of(
        analyst.post(reverse("own-indicator-take-back", args=[indicator.code]), follow=True)
    )
    assert "is deleted" in text_of(analyst.post(reverse("own-indicator-delete", args=[indicator.code]), follow=True))
    assert not Indicator.objects.filter(organisation=organisation).exists()
    assert not Dataset.objects.filter(organisation=organisation).exists()
    actions = set(AuditEvent.objects.filter(organisation_id=organisation.pk).values_list("action", flat=True))
    assert {"indicator.uploaded", "indicator.replaced", "indicator.taken_back", "indicator.deleted"} <= actions


def test_discarding_saves_nothing(analyst, boundaries):
    analyst.post("/data/own/add/", {**FIELDS, "file": SimpleUploadedFile("f.csv", OWN.encode())})
    upload = Upload.objects.get()
    analyst.post(reverse("own-indicator-preview", args=[upload.pk]), {"discard": "1"})
    assert not Indicator.objects.filter(organisation__isnull=False).exists() and not upload_folder(upload).exists()


def test_codes_of_2011_are_carried_over_only_as_asked(save_own, analyst, organisation):
    AreaFactory(code="E01000955", vintage=2011)
    text = "code,value\nE01000955,4\n"
    assert "Expected area codes of 2021" in save_own(text)
    assert not Indicator.objects.filter(organisation=organisation).exists()
    page = save_own(text, carry="on")
    assert "The area codes are those of 2011" in page
    assert Dataset.objects.get(organisation=organisation).vintage == 2011


def read(text) -> object:
    return read_own_figures(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    "text",
    [
        f"area code,value\n{CODES[0]},1200\n",
        f"\ufeffLSOA21CD;Figure\n{CODES[0].lower()};1200\n",
        f'LSOA Code (2021)\tLSOA name\tEmergency calls\n{CODES[0]}\tTestford\t"1,200"\n',
        f'"Area Code","Value","Reason"\r\n"{CODES[0]}","1 200.0",""\r\n\r\n',
        f"Code,Rate\n{CODES[0]},1.2e3",
    ],
)
def test_headings_and_numbers_are_read_as_people_write_them(boundaries, text):
    figures = read(text)
    assert [(row[1], row[2]) for row in figures.rows] == [(CODES[0], 1200.0)] and not figures.rejects


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("E0100090,1", "line 3: expected an LSOA code"),
        ("E01999999,1", "line 3: expected the code of an area that is loaded"),
        (f"{CODES[1]},many", "line 3: expected a number, found “many”"),
        (f"{CODES[1]},nan", "line 3: expected a number"),
        (f"{CODES[0]},2", "line 3: expected each area once, found the area of line 2 again"),
        (f"{CODES[1]},1,5", "line 3: expected 2 cells, found 3"),
        (",1", "line 3: expected an LSOA code such as E01000001, found nothing"),
    ],
)
def test_bad_rows_are_rejected_with_their_line(boundaries, row, complaint):
    figures = read(f"code,value\n{CODES[0]},1\n{row}\n")
    line, _, reason = figures.rejects[0]
    assert f"line {line}: {reason}".startswith(complaint) and len(figures.rows) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "expected a column “area code”"),
        ("place,value\nx,1\n", "found the headings place, value"),
        (f"code,first,second\n{CODES[0]},1,2\n", "expected a column “value”"),
        ("code,value\n", "expected rows below the headings, found none"),
        ("code,value\nE01999999,1\n", "expected at least one row that can be used"),
        (b"PK\x03\x04\0\0\0", "save the sheet as CSV"),
    ],
)
def test_files_that_are_no_such_table_are_refused(boundaries, text, complaint):
    with pytest.raises(Refused, match=complaint):
        read(text)


def test_both_vintages_in_one_file_are_refused(boundaries):
    AreaFactory(code="E01000955", vintage=2011)
    with pytest.raises(Refused, match="E01000955 of 2011 in line 2 and E01035001 of 2021 in line 3"):
        AreaFactory(code=CODES[0], vintage=2011)
        read(f"code,value\nE01000955,1\n{CODES[2]},2\n{CODES[0]},3\n")


def test_reasons_say_why_there_is_no_value(boundaries):
    figures = read(
        f"code,value,reason\n{CODES[0]},,small numbers suppressed\n{CODES[1]},,\n{CODES[2]},n/a,not applicable\n"
    )
    assert [row[3] for row in figures.rows] == ["suppressed", "blank", "not_applicable"]


def test_windows_text_is_read_and_said_so(boundaries):
    figures = read(f"code,value,note\n{CODES[0]},1,Caf\xe9\n".encode("cp1252"))
    assert figures.rows and "Windows" in figures.notes[0]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_nothing_that_is_handed_in_crashes_the_reader(db, content):
    try:
        figures = read_own_figures(content)
    except Refused:
        return
    assert figures.rows_read >= len(figures.rows)


def test_what_areas_show_needs_no_figures_of_others(boundaries, client_as):
    page = text_of(client_as("viewer").get(reverse("area", args=[Area.objects.first().code])))
    assert "Your organisation's own indicators" not in page


@pytest.mark.parametrize("cell", ["0,5", "1,5", "1,234", "1_0", "\u0663", "1.2E+05", "12,34.5"])
def test_a_cell_that_could_be_another_number_is_rejected(db, cell):
    _ = [AreaFactory(code=code) for code in CODES[:2]]
    figures = read_own_figures(f"code;value\n{CODES[0]};{cell}\n{CODES[1]};0.5\n".encode())
    assert figures.values == [0.5]
    wanted = "a number with a decimal point" if "," in cell else "a number"
    assert figures.rejects == [(2, CODES[0], f"expected {wanted}, found “{cell}”")]


def test_commas_between_thousands_are_read_where_commas_are_no_delimiters_of_halves(db):
    _ = [AreaFactory(code=code) for code in CODES[:2]]
    figures = read_own_figures(f'code,value\n{CODES[0]},"1,234.5"\n{CODES[1]},"0,5"\n'.encode())
    assert figures.values == [1_234.5]
    assert figures.rejects == [(3, CODES[1], "expected a number with a decimal point, found “0,5”")]
