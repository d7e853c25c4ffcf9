"""Where copies of people's own data lie for a day: below MEDIA_ROOT, which no address serves."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

KEPT_SECONDS = 24 * 60 * 60
FOLDER = "copies"


def folder_of(owner_id) -> Path:
    """The folder of whoever asked; may not exist."""
    return Path(settings.MEDIA_ROOT) / FOLDER / str(owner_id)


def path_of(owner_id, job_id) -> Path:
    return folder_of(owner_id) / f"{job_id}.zip"


def keep(owner_id, job_id, content: bytes) -> None:
    """Readable by the application alone."""
    path = path_of(owner_id, job_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_bytes(content)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that stands at `path` once it is written, and not at all where the writing fails. Readable by
    the application alone. A killed worker leaves a `.part` behind, which goes with the files whose day is over.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def fresh(owner_id, job_id) -> Path | None:
    """The file while it is kept; None when there is none, or its day is over."""
    return if_fresh(path_of(owner_id, job_id))


def if_fresh(path: Path) -> Path | None:
    """The path where there is a file, written less than a day ago; None otherwise."""
    is_fresh = path.is_file() and time.time() - path.stat().st_mtime <= KEPT_SECONDS
    return path if is_fresh else None


def delete(owner_id, job_id) -> None:
    path_of(owner_id, job_id).unlink(missing_ok=True)


def delete_all(owner_id) -> None:
    shutil.rmtree(folder_of(owner_id), ignore_errors=True)


def delete_old(*, dry_run: bool = False) -> int:
    """Delete copies whose day is over; returns how many."""
    return delete_old_of(FOLDER, dry_run=dry_run)


def delete_old_of(folder: str, *, dry_run: bool = False) -> int:
    """Delete the files of a folder below MEDIA_ROOT, sorted by owner, whose day is over, and what a killed worker left
    half written. Returns how many.
    """
    old = [path for path in (Path(settings.MEDIA_ROOT) / folder).glob("*/*") if if_fresh(path) is None]
    for path in [] if dry_run else old:
        path.unlink(missing_ok=True)
    return len(old)
