"""Fetching publications over a real connection: interrupted, resumed, changed meanwhile, wrong, or offline."""

import hashlib
import io
import json
import socket
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lsoa.fetching.downloads import Downloader, DownloadFailed, Unreachable, extract
from lsoa.fetching.manifest import ManifestInvalid, read_manifest
from lsoa.sources.registry import SOURCES

from . import published, published_activity
from .loopback import loopback

BODY = bytes(range(256)) * 4_000
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def server():
    with loopback() as running:
        yield running


def serve(server, path, body=BODY, *, etag='"one"', breaks_at=None, ranges=True):
    """Offer bytes as a publisher does: in parts when asked, with an ETag. `breaks_at`: the first answer ends there."""
    state = {"breaks_at": breaks_at, "etag": etag, "body": body}

    def respond(handler):
        content, first, status = state["body"], 0, 200
        wanted = handler.headers.get("Range", "")
        if ranges and wanted and handler.headers.get("If-Range") == state["etag"]:
            first, status = int(wanted.removeprefix("bytes=").removesuffix("-")), 206
        handler.send_response(status)
        if status == 206:
            handler.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        handler.send_header("ETag", state["etag"])
        handler.send_header("Content-Length", str(len(content) - first))
        handler.end_headers()
        end, state["breaks_at"] = state["breaks_at"] or len(content), None
        handler.wfile.write(content[first:end])
        handler.close_connection = True

    server.answers[path] = respond
    return server.address(path), state


def test_a_file_arrives_whole_under_its_name_only(server, tmp_path):
    address, _ = serve(server, "/a.csv")
    told = []
    target = Downloader().fetch(address, tmp_path / "a.csv", sha256=SHA256, progress=lambda *done: told.append(done))
    assert target.read_bytes() == BODY and [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert told[-1] == (len(BODY), len(BODY))


def test_an_interrupted_transfer_goes_on_where_it_stopped(server, tmp_path):
    address, _ = serve(server, "/a.csv", breaks_at=300_000)
    Downloader().fetch(address, tmp_path / "a.csv", sha256=SHA256)
    asked = [headers.get("Range") for _, headers in server.asked]
    assert asked == [None, "bytes=300000-"] and server.asked[1][1]["If-Range"] == '"one"'


def test_the_next_run_goes_on_with_what_the_last_one_kept(server, tmp_path):
    address, _ = serve(server, "/a.csv", breaks_at=300_000)
    with pytest.raises(DownloadFailed, match="300,000 bytes are kept"):
        Downloader(attempts=1).fetch(address, tmp_path / "a.csv", sha256=SHA256)
    assert not (tmp_path / "a.csv").exists()
    assert Downloader(attempts=1).fetch(address, tmp_path / "a.csv", sha256=SHA256).read_bytes() == BODY
    assert server.asked[1][1]["Range"] == "bytes=300000-"


def test_a_file_that_changed_meanwhile_is_fetched_anew_rather_than_glued_together(server, tmp_path):
    address, state = serve(server, "/a.csv", breaks_at=300_000)
    with pytest.raises(DownloadFailed):
        Downloader(attempts=1).fetch(address, tmp_path / "a.csv")
    state |= {"etag": '"two"', "body": BODY[::-1]}
    assert Downloader(attempts=1).fetch(address, tmp_path / "a.csv").read_bytes() == BODY[::-1]


@pytest.mark.parametrize("etag", ['W/"weak"', ""])
def test_without_a_name_of_the_version_the_file_is_fetched_anew(server, tmp_path, etag):
    address, _ = serve(server, "/a.csv", breaks_at=300_000, etag=etag)
    assert Downloader().fetch(address, tmp_path / "a.csv", sha256=SHA256).read_bytes() == BODY
    assert [headers.get("Range") for _, headers in server.asked] == [None, None]


def test_a_server_that_cannot_send_parts_sends_all_of_it(server, tmp_path):
    address, _ = serve(server, "/a.csv", breaks_at=300_000, ranges=False)
    assert Downloader().fetch(address, tmp_path / "a.csv", sha256=SHA256).read_bytes() == BODY


def test_what_was_kept_of_another_address_is_not_used(server, tmp_path):
    (tmp_path / "a.csv.part").write_bytes(b"something else")
    (tmp_path / "a.csv.part.json").write_text(json.dumps({"address": "http://other/", "version": '"one"'}))
    address, _ = serve(server, "/a.csv")
    assert Downloader().fetch(address, tmp_path / "a.csv").read_bytes() == BODY


def test_a_wrong_hash_leaves_nothing_behind(server, tmp_path):
    address, _ = serve(server, "/a.csv")
    with pytest.raises(DownloadFailed, match=f"expected the SHA-256 {'0' * 64}, found {SHA256}"):
        Downloader().fetch(address, tmp_path / "a.csv", sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_too_large_and_one_that_is_not_there(server, tmp_path):
    address, _ = serve(server, "/a.csv")
    with pytest.raises(DownloadFailed, match="at most 1,000 bytes, found 1,024,000"):
        Downloader(most_bytes=1_000).fetch(address, tmp_path / "a.csv")
    with pytest.raises(DownloadFailed, match="answered 404"):
        Downloader().fetch(server.address("/none"), tmp_path / "b.csv")
    with pytest.raises(DownloadFailed, match="expected an address that starts with https://"):
        Downloader().fetch("file:///etc/passwd", tmp_path / "c.csv")
    away = server.answer("/away", b"", status=302, headers={"Location": "ftp://example.org/a"})
    with pytest.raises(DownloadFailed, match="not followed"):
        Downloader().fetch(away, tmp_path / "d.csv")


def test_without_a_network_the_host_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(Unreachable, match=r"could not reach 127.0.0.1 \(Connection refused\)"):
        Downloader().fetch(f"http://127.0.0.1:{port}/a", tmp_path / "a")


def test_the_proxy_of_the_settings_is_used(server, tmp_path):
    # To a proxy the whole address is the path.
    serve(server, "http://publisher.example/a.csv")
    found = Downloader(proxy=server.address("")).fetch("http://publisher.example/a.csv", tmp_path / "a.csv")
    assert found.read_bytes() == BODY


def packed(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_the_wanted_file_comes_out_of_an_archive_wherever_it_is_in_there(tmp_path):
    archive = tmp_path / "a.zip"
    archive.write_bytes(packed({"../../up/a.csv": "wanted", "b.csv": "other"}))
    assert extract(archive, "a.csv", tmp_path / "out.csv").read_text() == "wanted"
    with pytest.raises(DownloadFailed, match=r"expected one file c\.csv in a\.zip, found 0"):
        extract(archive, "c.csv", tmp_path / "out.csv")
    archive.write_bytes(packed({"a.csv": b"0" * 1_000_000}))
    with pytest.raises(DownloadFailed, match="at most 1,000 bytes"):
        extract(archive, "a.csv", tmp_path / "out.csv", most_bytes=1_000)
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(DownloadFailed, match="damaged"):
        extract(archive, "a.csv", tmp_path / "out.csv")


# The manifest


def test_every_publication_of_the_manifest_is_read_by_an_adapter_of_the_product():
    known = {source.key for source in SOURCES}
    publications = read_manifest()
    assert len(publications) > 40
    assert {publication.adapter for publication in publications.values()} <= known
    assert all(publication.landing_page.startswith("https://") for publication in publications.values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "Key one"}, "expected a key such as"),
        ({"landing_page": "www.example.org"}, "in 'landing_page', found 'www.example.org'"),
        ({"sha256": "abc"}, "expected 64 hexadecimal digits"),
        ({"file": "../a.csv"}, "expected the name of a file in 'file'"),
        ({"file": ""}, "expected 'file' beside 'address'"),
        ({"adapter": ""}, "expected 'adapter', found nothing"),
        ({"colour": "red"}, "found 'colour'"),
    ],
)
def test_a_manifest_with_a_mistake_is_refused_with_its_place(tmp_path, change, said):
    with pytest.raises(ManifestInvalid) as invalid:
        read_manifest(manifest(tmp_path, {"address": "https://example.org/a.csv"} | change))
    assert said in str(invalid.value) and "publication 1" in str(invalid.value)


def manifest(folder, *entries):
    standard = {
        "key": "ae", "title": "A&E", "publisher": "NHS England", "landing_page": "https://example.org/",
        "licence": "OGL", "adapter": "ae-monthly-england", "file": "ae.csv",
    }  # fmt: skip
    lines = []
    for entry in entries:
        lines += ["[[publication]]", *(f"{name} = {json.dumps(value)}" for name, value in (standard | entry).items())]
    path = folder / "manifest.toml"
    path.write_text("\n".join(lines))
    return path


# The command


@pytest.fixture
def fetch(tmp_path):
    """`fetch(manifest, key, ...)` -> (answer, log, exit code or None)."""

    def run(path, *keys, **options):
        out, err = StringIO(), StringIO()
        code = None
        try:
            call_command(
                "fetch_open_data", *keys, into=tmp_path / "data", manifest=path, stdout=out, stderr=err, **options
            )
        except CommandError as error:
            code = error.returncode
            err.write(str(error))
        return out.getvalue(), err.getvalue(), code

    return run


@pytest.fixture
def ae(tmp_path):
    path = published_activity.ae_csv(tmp_path / "source.csv", [("2012-01-01", published_activity.AE_FIGURES)])
    return path.read_bytes()


def test_the_command_fetches_what_is_missing_and_skips_what_is_complete(server, tmp_path, fetch, ae):
    address, _ = serve(server, "/ae.csv", ae, breaks_at=100)
    path = manifest(tmp_path, {"address": address, "sha256": hashlib.sha256(ae).hexdigest()})
    _, log, code = fetch(path)
    assert code is None and "ae: fetched: ae.csv" in log
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["ae.csv"]
    _, log, code = fetch(path)
    assert code is None and "ae: complete: ae.csv" in log and len(server.asked) == 2
    (tmp_path / "data" / "ae.csv").write_bytes(ae[:-20])
    assert "fetched" in fetch(path)[1]
    assert (tmp_path / "data" / "ae.csv").read_bytes() == ae


def test_a_page_that_says_sorry_is_not_taken_for_data(server, tmp_path, fetch):
    address = server.answer("/ae.csv", "<html><body>Sorry", headers={"Content-Type": "text/html"})
    answer, log, code = fetch(manifest(tmp_path, {"address": address}))
    assert code == 1 and "found one that no adapter knows (kept as ae.csv.unrecognised)" in log
    assert not (tmp_path / "data" / "ae.csv").exists() and address in answer


def test_the_wanted_table_is_taken_out_of_its_archive(server, tmp_path, fetch):
    table = published.nomis(tmp_path / "t.csv", "TS037", {published.CODES[0]: [1000, 40, 15]}).read_bytes()
    address, _ = serve(server, "/t.zip", packed({"t-ctry.csv": "other", "t-lsoa.csv": table}))
    entry = {"address": address, "file": "t.zip", "member": "t-lsoa.csv", "adapter": "census2021-ts037"}
    _, log, code = fetch(manifest(tmp_path, entry))
    assert code is None, log
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["t-lsoa.csv"]
    assert "complete" in fetch(manifest(tmp_path, entry))[1] and len(server.asked) == 1


def test_offline_each_file_says_so_and_the_list_for_the_browser_follows(tmp_path, fetch, ae):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    by_hand = {"key": "nspl", "title": "Postcodes", "file": "", "landing_page": "https://geoportal.example/"}
    entries = [
        {"key": name, "file": f"{name}.csv", "address": f"http://127.0.0.1:{port}/{name}"} for name in ("a", "b")
    ]
    answer, log, code = fetch(manifest(tmp_path, *entries, by_hand | {"adapter": "nspl"}))
    assert code == 1 and log.count("could not reach 127.0.0.1") == 2
    assert "To download by hand:" in answer and f"http://127.0.0.1:{port}/b" in answer
    assert "choose the file on this page: https://geoportal.example/" in answer
    assert "load_open_data" in answer


def test_a_file_chosen_by_hand_counts_when_its_adapter_knows_it(tmp_path, fetch, ae):
    path = manifest(tmp_path, {"file": ""})
    _, log, code = fetch(path, "ae")
    assert code == 1 and "to be chosen on the publisher's page" in log
    (tmp_path / "data" / "download (3).csv").write_bytes(ae)
    _, log, code = fetch(path, "ae")
    assert code is None and "there: download (3).csv" in log


def test_the_list_and_wrong_use(tmp_path, fetch):
    path = manifest(tmp_path, {"note": "Any month."})
    answer, log, code = fetch(path, only_list=True)
    assert answer.startswith("ae: A&E\n    NHS England. OGL\n") and "Any month." in answer and not log and code is None
    assert not (tmp_path / "data").exists()
    assert fetch(path, "none")[2] == 2
    assert fetch(tmp_path / "absent.toml")[2] == 1
