"""Files that people hand in on a page: kept in a private folder under numbers, loaded or discarded, then removed."""

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, jobs
from accounts.access import allowed
from accounts.permissions import Permission
from lsoa.loading.report import report_lines
from lsoa.models import Dataset, Upload

from .loading import load_paths

UPLOAD_KIND = "lsoa.load_upload"
MOST_FILES = 25
# A whole national postcode lookup, unpacked, is 1.2 GB; packed, as publishers offer it, 180 MB.
MOST_BYTES = 500 * 1024 * 1024
MOST_BYTES_OWN = 20 * 1024 * 1024
# Files that nobody decided about, and those of loads that were cancelled or broke off.
KEPT = timedelta(days=1)


class UploadRefused(ValueError):
    """Files that cannot be taken, or that are gone; the message says why."""


def upload_folder(upload: Upload) -> Path:
    """Where the files of an upload lie: below MEDIA_ROOT, which no address serves."""
    return Path(settings.MEDIA_ROOT) / "uploads" / str(upload.pk)


def stored_files(upload: Upload) -> list[Path]:
    """The files of an upload in their order. UploadRefused when they have been removed."""
    folder = upload_folder(upload)
    files = [folder / f"{number:04d}" for number in range(1, len(upload.names) + 1)]
    if not all(file.is_file() for file in files):
        raise UploadRefused("The files have been removed. Hand them in again.")
    return files


def receive_files(*, files: Sequence, by, organisation=None, options: dict | None = None) -> Upload:
    """Take uploaded files (Django's UploadedFile) into a private folder.

    Without organisation they are publications for everybody. PermissionDenied for a person without the right;
    UploadRefused for none, too many or too large files.
    """
    permission = Permission.LOAD_DATA if organisation is None else Permission.MANAGE_INDICATORS
    if not allowed(by, permission, organisation):
        raise PermissionDenied(f"This needs the right to {permission.description}.")
    most = MOST_BYTES if organisation is None else MOST_BYTES_OWN
    size = sum(file.size for file in files)
    if not files or not size:
        raise UploadRefused("Choose a file that is not empty.")
    if len(files) > MOST_FILES:
        raise UploadRefused(f"Expected at most {MOST_FILES} files at once, found {len(files)}.")
    if size > most:
        raise UploadRefused(
            f"Expected at most {most // 1024**2:,} MB at once, found {size / 1024**2:,.0f} MB. Larger files are loaded "
            "with the command load_open_data."
        )
    with transaction.atomic():
        names = [_shown_name(file.name) for file in files]
        upload = Upload.objects.create(
            organisation=organisation, names=names, options=options or {}, size=size, created_by=by
        )
        _store(upload, files)
        audit.record(
            action="upload.received",
            by=by,
            organisation=organisation,
            target=upload,
            details={"files": len(names), "bytes": size},
        )
    return upload


def _shown_name(name: str) -> str:
    """The last part of what the browser said, for people to read: never a path, never a control character."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:200] or "file"


def _store(upload, files) -> None:
    folder = upload_folder(upload)
    folder.mkdir(parents=True, mode=0o700)
    try:
        for number, file in enumerate(files, 1):
            with (folder / f"{number:04d}").open("wb") as target:
                for chunk in file.chunks():
                    target.write(chunk)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@transaction.atomic
def queue_upload(*, upload: Upload, by, dry_run: bool):
    """Rehearse or load the files in the background; returns the job. PermissionDenied, UploadRefused."""
    if not allowed(by, Permission.LOAD_DATA):
        raise PermissionDenied("Loading data is for platform administrators.")
    upload = Upload.objects.select_for_update(of=("self",)).select_related("job").get(pk=upload.pk)
    if upload.state != Upload.State.RECEIVED:
        raise UploadRefused(f"These files are {upload.get_state_display().lower()} already.")
    if upload.job is not None and upload.job.finished_at is None:
        raise UploadRefused("Wait until the work that is under way has ended, or stop it.")
    stored_files(upload)
    what = upload.names[0] if len(upload.names) == 1 else f"{len(upload.names)} files"
    upload.job = jobs.enqueue(
        kind=UPLOAD_KIND,
        title=f"{'Try' if dry_run else 'Load'} {what}{' without loading' if dry_run else ''}",
        payload={"upload": str(upload.pk), "dry_run": dry_run},
        by=by,
        url=reverse("load-data-upload", args=[upload.pk]),
    )
    upload.save(update_fields=["job"])
    return upload.job


def load_upload(*, upload: Upload, by, dry_run: bool, progress) -> list[dict]:
    """Load the files or rehearse it; returns per file its name, state, message, dataset id and report in words.

    After a load the files are removed. Whatever `progress` raises (a cancelled job) leaves them for another try.
    """
    files = stored_files(upload)
    names = dict(zip((file.name for file in files), upload.names, strict=True))
    outcomes = load_paths(
        paths=files,
        by=by,
        dry_run=dry_run,
        progress=lambda fraction, message: progress(fraction, names.get(message, message)),
    )
    for outcome in outcomes:
        # The number that a file was stored under tells nobody where a figure is from.
        if outcome.dataset is not None and outcome.name in names:
            given = names[outcome.name]
            Dataset.objects.filter(pk=outcome.dataset.pk, file_name=outcome.name).update(file_name=given)
    if not dry_run:
        remove_files(upload=upload, state=Upload.State.USED)
    return [
        {
            "name": names.get(outcome.name, outcome.name),
            "state": outcome.state,
            "message": outcome.message,
            "dataset": str(outcome.dataset.pk) if outcome.dataset else None,
            "report": report_lines(outcome.quality)[:200] if outcome.quality else [],
        }
        for outcome in outcomes
    ]


def discard_upload(*, upload: Upload, by) -> None:
    """Remove files that will not be loaded."""
    permission = Permission.LOAD_DATA if upload.organisation is None else Permission.MANAGE_INDICATORS
    if not allowed(by, permission, upload.organisation):
        raise PermissionDenied(f"This needs the right to {permission.description}.")
    if upload.job is not None and upload.job.finished_at is None:
        raise UploadRefused("Stop the work that is under way first.")
    with transaction.atomic():
        remove_files(upload=upload, state=Upload.State.DISCARDED)
        audit.record(action="upload.discarded", by=by, organisation=upload.organisation, target=upload)


def remove_files(*, upload: Upload, state: Upload.State) -> None:
    """Remove the files of an upload for good. Not audited: what led to it is."""
    Upload.objects.filter(pk=upload.pk, state=Upload.State.RECEIVED).update(state=state)
    shutil.rmtree(upload_folder(upload), ignore_errors=True)


def remove_forgotten_uploads(*, by) -> int:
    """Discard what was handed in more than a day ago and never loaded; returns how many."""
    old = Upload.objects.filter(state=Upload.State.RECEIVED, created_at__lt=timezone.now() - KEPT)
    forgotten = [row for row in old.select_related("job") if row.job is None or row.job.finished_at is not None]
    for upload in forgotten:
        with transaction.atomic():
            remove_files(upload=upload, state=Upload.State.DISCARDED)
            audit.record(action="upload.discarded", by=by, organisation=upload.organisation, target=upload)
    return len(forgotten)
