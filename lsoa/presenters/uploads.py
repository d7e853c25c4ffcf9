"""What the pages about handed-in files show."""

from dataclasses import dataclass
from functools import cached_property

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from accounts.models import JobState
from accounts.presenters import JobPanel, job_panel
from lsoa.models import Area, Dataset, Upload
from lsoa.sources.own_indicators import OwnFigures

from . import wording

STATES = {
    "loaded": ("Loaded", "her-tag--good"),
    "history": ("Loaded as an earlier release", "her-tag--good"),
    "dry_run": ("Can be loaded", "her-tag--good"),
    "unchanged": ("Nothing new", "her-tag--plain"),
    "skipped": ("Not recognised", "her-tag--warning"),
    "refused": ("Refused", "her-tag--bad"),
}
PREVIEW_ROWS, PREVIEW_REJECTS = 10, 50


@dataclass(frozen=True)
class FileResult:
    name: str
    state: str
    css: str
    message: str
    dataset_url: str
    rejects_url: str
    report: list[str]


class UploadPage:
    """One handing-in: its files, its job and what that found."""

    def __init__(self, upload: Upload, user):
        self.upload, self.user = upload, user
        self.size = filesizeformat(upload.size)

    @property
    def panel(self) -> JobPanel | None:
        return job_panel(self.upload.job, self.user) if self.upload.job else None

    @property
    def was_rehearsal(self) -> bool:
        return bool(self.upload.job and self.upload.job.payload.get("dry_run"))

    @cached_property
    def results(self) -> list[FileResult]:
        job = self.upload.job
        if job is None or job.state != JobState.SUCCEEDED:
            return []
        return [_file_result(row) for row in job.result.get("files", [])]

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to decide: the files are there and nothing is under way."""
        job = self.upload.job
        return self.upload.state == Upload.State.RECEIVED and (job is None or job.finished_at is not None)

    @property
    def may_load(self) -> bool:
        """After a rehearsal that found something to load, and again after a load that failed or was stopped."""
        if not self.is_waiting or self.upload.job is None:
            return False
        useful = {STATES["dry_run"][0], STATES["unchanged"][0]}
        return not self.was_rehearsal or any(row.state in useful for row in self.results)

    @property
    def state(self) -> str:
        """What became of the files; a load may have found nothing in them that it could load."""
        loaded = {STATES[state][0] for state in ("loaded", "history", "unchanged")}
        used = self.upload.state == Upload.State.USED
        if used and self.results and not any(row.state in loaded for row in self.results):
            return "Nothing was loaded"
        if self.is_waiting:
            return "Not loaded yet"
        job = self.upload.job
        if self.upload.state == Upload.State.RECEIVED and job is not None and job.state == JobState.RUNNING:
            return "Being tried" if self.was_rehearsal else "Being loaded"
        return self.upload.get_state_display()

    @property
    def load_label(self) -> str:
        """E.g. Load 1 of 2 files, where the trial refused the others."""
        useful = {STATES["dry_run"][0], STATES["unchanged"][0]}
        number = sum(row.state in useful for row in self.results) if self.was_rehearsal else 0
        return f"Load {number} of {len(self.results)} files" if 0 < number < len(self.results) else "Load"


def _file_result(row) -> FileResult:
    state, css = STATES.get(row["state"], (row["state"], ""))
    pk = row["dataset"]
    rejected = pk and Dataset.objects.filter(pk=pk, rows_rejected__gt=0).exists()
    return FileResult(
        name=row["name"],
        state=state,
        css=css,
        message=row["message"],
        dataset_url=reverse("dataset", args=[pk]) if pk else "",
        rejects_url=reverse("dataset-rejects-csv", args=[pk]) if rejected else "",
        report=row.get("report", []),
    )


@dataclass(frozen=True)
class PreviewRow:
    line: int
    code: str
    name: str
    text: str


class OwnPreview:
    """What an organisation's file would give, before it is saved."""

    def __init__(self, upload: Upload, figures: OwnFigures):
        self.upload, self.figures = upload, figures
        self.options = upload.options
        self.vintage = figures.vintage

    @cached_property
    def rows(self) -> list[PreviewRow]:
        shown = self.figures.rows[:PREVIEW_ROWS]
        names = dict(
            Area.objects.filter(vintage=self.vintage, code__in=[row[1] for row in shown])
            .order_by()
            .values_list("code", "name")
        )
        return [
            PreviewRow(line, code, names.get(code, ""), wording.loose(value) or wording.missing(reason))
            for line, code, value, reason, _ in shown
        ]

    @property
    def rejects(self) -> list[tuple[int, str, str]]:
        """The first of them by line: repeated codes are found after all others."""
        return sorted(self.figures.rejects)[:PREVIEW_REJECTS]

    @property
    def rejects_left(self) -> int:
        return max(0, len(self.figures.rejects) - PREVIEW_REJECTS)

    @property
    def sentences(self) -> list[str]:
        values = self.figures.values
        missing = len(self.figures.rows) - len(values)
        found = [
            f"{wording.count(self.figures.rows_read, 'row')} read: {wording.count(len(values), 'area')} with a value, "
            f"{missing:,} with a reason why there is none, {wording.count(len(self.figures.rejects), 'row')} rejected."
        ]
        if values:
            found.append(f"Values run from {wording.loose(min(values))} to {wording.loose(max(values))}.")
        found.append(f"The area codes are those of {self.vintage}.")
        if self.vintage == 2011:
            found.append("They will be carried over to the areas of 2021 by the share that comes from each old area.")
        return found + self.figures.notes
