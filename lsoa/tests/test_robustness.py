"""Bad input and bad luck: each has a clear outcome, and nothing is left half-loaded."""

import os

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lsoa.loading import loader, values
from lsoa.models import Dataset, IndicatorValue
from lsoa.services import DatabaseGone
from lsoa.sources.registry import SOURCES

from . import published
from .published import CODES

CARE = dict.fromkeys(CODES, [900, 18])


def command(capsys, *args):
    """(exit code, standard output)"""
    code = 0
    try:
        call_command("load_open_data", *map(str, args))
    except SystemExit as exit_call:
        code = exit_call.code
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "state", "message"),
    [
        ("empty.csv", b"", "refused", "expected a publication, found an empty file"),
        ("notes.txt", b"nothing for anybody", "skipped", "it is no table"),
        ("image.bin", bytes(range(256)) * 40, "skipped", "it is no table"),
        ("other.csv", b"a,b\n1,2\n", "skipped", "none of the publications that can be loaded"),
        ("broken.csv.gz", b"\x1f\x8b\x08\x00 cut", "refused", "expected"),
        ("broken.zip", b"PK\x03\x04 cut", "refused", "expected"),
    ],
)
def test_a_file_that_is_no_publication_says_what_it_is(load, tmp_path, name, content, state, message):
    (tmp_path / name).write_bytes(content)
    outcome = load(tmp_path / name)
    assert outcome.state == state
    assert message in outcome.message


def test_one_that_was_named_and_is_of_no_known_kind_makes_exit_code_1(db, capsys, tmp_path):
    (tmp_path / "in").mkdir()
    other = tmp_path / "in" / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert command(capsys, other)[0] == 1
    assert command(capsys, tmp_path / "in")[0] == 0


def test_a_file_that_may_not_be_read_is_refused_and_the_others_load(boundaries, load, tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    published.nomis(tmp_path / "in" / "good.csv", "TS039", CARE)
    locked = published.nomis(tmp_path / "in" / "locked.csv", "TS037", {})
    locked.chmod(0)
    if os.access(locked, os.R_OK):
        # The superuser may read everything: the system's answer to others is given here instead.
        original = type(locked).open

        def refuse(path, *args, **options):
            if path.name == "locked.csv":
                raise PermissionError(13, "Permission denied", str(path))
            return original(path, *args, **options)

        monkeypatch.setattr(type(locked), "open", refuse)
    outcomes = {outcome.name: outcome for outcome in load(tmp_path / "in")}
    assert outcomes["good.csv"].state == "loaded"
    assert outcomes["locked.csv"].state == "refused"
    assert "Permission denied" in outcomes["locked.csv"].message


def test_links_that_lead_out_of_the_directory_are_not_followed(boundaries, load, tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    published.nomis(outside / "secret.csv", "TS039", CARE)
    (inside / "link.csv").symlink_to(outside / "secret.csv")
    (inside / "folder").symlink_to(outside)
    (inside / "gone.csv").symlink_to(inside / "nowhere.csv")
    (inside / "ring.csv").symlink_to(inside / "ring.csv")
    outcomes = {outcome.name: outcome.message for outcome in load(inside) if outcome.state == "skipped"}
    out, nowhere = (f"a link that leads {where} is not followed" for where in ("out of the directory", "nowhere"))
    assert outcomes == {"link.csv": out, "folder": out, "gone.csv": nowhere, "ring.csv": nowhere}
    assert not IndicatorValue.objects.exists()


def test_a_table_that_we_know_but_for_a_renamed_column_is_refused_by_its_name(load, tmp_path, monkeypatch):
    care = next(source for source in SOURCES if source.key == "census2021-ts039")
    wanted = ("date", "geography", "geography code", *published.NOMIS["TS039"])
    monkeypatch.setattr(type(care), "headings", lambda self: [wanted] if self is care else [])
    headings = ["Care: all", published.NOMIS["TS039"][1]]
    outcome = load(published.nomis(tmp_path / "t.csv", "TS039", CARE, headings=headings))
    assert outcome.state == "refused"
    assert repr(published.NOMIS["TS039"][0]) in outcome.message
    # So it is when the headings are only spelt a little differently.
    headings = [heading.replace(" ", "\xa0").upper() for heading in published.NOMIS["TS039"]]
    outcome = load(published.nomis(tmp_path / "t.csv", "TS039", CARE, headings=headings))
    assert outcome.state == "refused"
    assert f"expected the column {published.NOMIS['TS039'][0]!r}" in outcome.message


@pytest.fixture
def terminate(monkeypatch):
    """The connection is cut while figures are on their way; `after` is called by COPY's writer."""

    def cut(statement, blocks):
        block = b"".join(blocks)
        parameters = connection.get_connection_params()
        parameters.pop("cursor_factory", None)
        parameters.pop("context", None)
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(block[:100])
            with psycopg.connect(
                host=parameters.get("host"),
                port=parameters.get("port"),
                dbname=parameters["dbname"],
                user=parameters.get("user"),
                password=parameters.get("password"),
                autocommit=True,
            ) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
            copy.write(block[100:] * 2_000)

    monkeypatch.setattr(values, "write_copy", cut)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_in_the_middle_leaves_nothing(no_map, small_nation, terminate, tmp_path, monkeypatch):
    from accounts.audit import SystemActor
    from lsoa.services import load_paths

    by = SystemActor("test")
    load_paths(paths=[published.boundaries(tmp_path / "boundaries.geojson.gz")], by=by)
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    with pytest.raises(DatabaseGone, match="The database went away"):
        load_paths(paths=[path], by=by)
    assert not Dataset.objects.filter(publication="census2021-ts039").exists()
    with pytest.raises(CommandError, match="Nothing of the file being loaded is kept") as error:
        call_command("load_open_data", str(path))
    assert error.value.returncode == 1
    monkeypatch.undo()
    assert not IndicatorValue.objects.exists()


def test_a_load_that_is_cancelled_keeps_whole_files_and_nothing_of_the_one_it_was_at(boundaries, load, tmp_path):
    (tmp_path / "in").mkdir()
    published.nomis(tmp_path / "in" / "a.csv", "TS037", dict.fromkeys(CODES, [1000, 40, 15]))
    published.nomis(tmp_path / "in" / "b.csv", "TS039", CARE)

    class Cancelled(Exception):
        pass

    def progress(fraction, message):
        if message == "b.csv" and connection.in_atomic_block and fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        load(tmp_path / "in", progress=progress)
    assert Dataset.objects.filter(publication="census2021-ts037").exists()
    assert not Dataset.objects.filter(publication="census2021-ts039").exists()
    assert loader.LOAD_LOCK


@pytest.mark.parametrize("change", ["written to", "removed"])
def test_a_file_that_changes_while_it_is_read_is_refused(boundaries, load, tmp_path, monkeypatch, change):
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    source = next(source for source in SOURCES if source.key == "census2021-ts039")
    truly = type(source).rows

    def meanwhile(self, material, context):
        yield from truly(self, material, context)
        if change == "removed":
            path.unlink()
        else:
            published.nomis(path, "TS039", {**CARE, CODES[0]: [1_000, 20]})

    monkeypatch.setattr(type(source), "rows", meanwhile)
    outcome = load(path)
    assert (outcome.state, "changed while it was read" in outcome.message) == ("refused", True)
    assert not Dataset.objects.filter(publication=source.key).exists()
