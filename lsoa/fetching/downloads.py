"""One download: it goes on where it stopped, is checked, and appears under its name only when it is whole."""

import contextlib
import hashlib
import http.client
import json
import os
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CHUNK = 262_144
SECONDS = 30
# A broken transfer is taken up again this often before the file is given up.
ATTEMPTS = 4
MOST_BYTES = 4_000_000_000
AGENT = "HealthEquiRoute/1.0 (fetch_open_data)"

# progress(bytes so far, bytes expected or None)
Progress = Callable[[int, int | None], None]


class DownloadFailed(Exception):
    """A file that could not be fetched; the message is for people."""


class Unreachable(DownloadFailed):
    """The host could not be reached at all: there is probably no way out."""


class _Broken(Exception):
    """The transfer ended early: worth another attempt."""


@dataclass(frozen=True)
class Downloader:
    """Fetches over http and https. `proxy` is an address of a proxy for both; "" goes directly, whatever the
    environment says."""

    proxy: str = ""
    seconds: float = SECONDS
    attempts: int = ATTEMPTS
    most_bytes: int = MOST_BYTES

    def fetch(self, address: str, target: Path, *, sha256: str = "", progress: Progress | None = None) -> Path:
        """Bring an address to `target`, atomically. What has arrived is kept in `target`.part, with what names its
        version beside it, and asked for no second time. Raises DownloadFailed; a wrong hash leaves nothing behind."""
        part, mark = _beside(target, ".part"), _beside(target, ".part.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        tell = progress or (lambda done, expected: None)
        for attempt in range(1, self.attempts + 1):
            try:
                self._transfer(address, part, mark, tell)
                break
            except _Broken as broken:
                if attempt == self.attempts:
                    have = part.stat().st_size if part.exists() else 0
                    raise DownloadFailed(
                        f"{_host(address)} broke off {attempt} times; {have:,} bytes are kept and the next run goes on"
                    ) from broken
        found = file_sha256(part)
        if sha256 and found != sha256:
            part.unlink()
            mark.unlink(missing_ok=True)
            raise DownloadFailed(f"expected the SHA-256 {sha256}, found {found}: the file was changed or damaged")
        os.replace(part, target)
        mark.unlink(missing_ok=True)
        return target

    def _transfer(self, address, part: Path, mark: Path, tell: Progress) -> None:
        have = part.stat().st_size if part.exists() else 0
        version = _version(mark, address) if have else ""
        # Without a name of its version nobody can tell whether the rest belongs to the beginning.
        have = have if version else 0
        try:
            with self._open(address, have, version) as response:
                self._receive(response, address, part, mark, have, tell)
        except urllib.error.HTTPError as error:
            if error.code == 416 and have:
                _forget(part, mark)
                raise _Broken from error
            raise DownloadFailed(f"{_host(address)} answered {error.code} {error.reason}") from error
        except urllib.error.URLError as error:
            raise self._unreachable(address, error.reason) from error
        except (http.client.IncompleteRead, ConnectionResetError, TimeoutError) as error:
            raise _Broken from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DownloadFailed(f"{address} could not be fetched: {error}") from error

    def _receive(self, response, address, part, mark, have, tell) -> None:
        goes_on = response.status == 206 and _starts_at(response) == have
        if have and not goes_on:
            # The server sends all of it: the file has changed since, or it cannot send parts.
            have = 0
        version = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        if version.startswith("W/"):
            version = ""
        mark.write_text(json.dumps({"address": address, "version": version}))
        length = response.headers.get("Content-Length")
        expected = have + int(length) if length and length.isdigit() else None
        if expected is not None and expected > self.most_bytes:
            raise DownloadFailed(f"expected at most {self.most_bytes:,} bytes, found {expected:,}")
        done = have
        with part.open("ab" if goes_on else "wb") as stream:
            while chunk := response.read(CHUNK):
                done += len(chunk)
                if done > self.most_bytes:
                    raise DownloadFailed(f"expected at most {self.most_bytes:,} bytes, found more")
                stream.write(chunk)
                tell(done, expected)
        if expected is not None and done < expected:
            raise _Broken

    def _open(self, address, have, version):
        if urlsplit(address).scheme not in ("http", "https"):
            raise DownloadFailed(f"expected an address that starts with https://, found {address!r}")
        request = urllib.request.Request(address, headers={"User-Agent": AGENT})  # noqa: S310
        if have:
            request.add_header("Range", f"bytes={have}-")
            request.add_header("If-Range", version)
        proxies = {"http": self.proxy, "https": self.proxy} if self.proxy else {}
        opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies), _WebOnly())
        return opener.open(request, timeout=self.seconds)

    def _unreachable(self, address, reason) -> DownloadFailed:
        if isinstance(reason, ConnectionResetError):
            raise _Broken from reason
        way = f" through the proxy {_host(self.proxy)}" if self.proxy else ""
        words = getattr(reason, "strerror", None) or str(reason)
        return Unreachable(f"could not reach {_host(address)}{way} ({words})")


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Publishers send one on to other hosts of theirs, but never to a file or from https to http."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        old, new = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if new not in ("http", "https") or (old == "https" and new == "http"):
            raise DownloadFailed(f"{_host(req.full_url)} sends one on to {newurl[:100]!r}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def extract(archive: Path, member: str, target: Path, most_bytes: int = MOST_BYTES) -> Path:
    """The file `member` (whatever folder it is in) out of a zip archive, atomically. Raises DownloadFailed."""
    part = _beside(target, ".part")
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [name for name in opened.namelist() if Path(name).name == member]
            if len(names) != 1:
                raise DownloadFailed(f"expected one file {member} in {archive.name}, found {len(names)}")
            if opened.getinfo(names[0]).file_size > most_bytes:
                raise DownloadFailed(f"expected at most {most_bytes:,} bytes in {member}, found more")
            with opened.open(names[0]) as source, part.open("wb") as stream:
                left = most_bytes
                while chunk := source.read(CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise DownloadFailed(f"expected at most {most_bytes:,} bytes in {member}, found more")
                    stream.write(chunk)
    except zipfile.BadZipFile as error:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        raise DownloadFailed(f"expected a zip archive, found a damaged one or something else ({error})") from error
    os.replace(part, target)
    return target


def file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(target.name + ending)


def _forget(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _version(mark: Path, address: str) -> str:
    """What names the version of a half file; "" when it is of another address or nobody knows."""
    try:
        data = json.loads(mark.read_text())
    except (FileNotFoundError, ValueError):
        return ""
    return data.get("version", "") if isinstance(data, dict) and data.get("address") == address else ""


def _starts_at(response) -> int | None:
    """The first byte of a partial answer, from "Content-Range: bytes 100-199/200"."""
    words = (response.headers.get("Content-Range") or "").removeprefix("bytes ").partition("-")[0].strip()
    return int(words) if words.isdigit() else None
