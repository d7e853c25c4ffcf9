"""manage.py load_open_data PATH... [--patch NAME] [--convert] [--crs EPSG] [--period P] [--encoding E] [--dry-run]"""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from accounts.audit import SystemActor
from lsoa.loading.discovery import PathMissing
from lsoa.loading.report import report_lines
from lsoa.models import Patch
from lsoa.services import DatabaseGone, load_paths

WORDS = {
    "loaded": "loaded",
    "history": "loaded as history",
    "unchanged": "unchanged",
    "skipped": "skipped",
    "refused": "REFUSED",
    "dry_run": "checked only",
}


class Command(BaseCommand):
    help = (
        "Load published open data: files, directories, or synthetic data by its name. Files are recognised by their "
        "headings. Prints a quality report for each. Exit code 1 when a file was refused, when one that was named is "
        "of no known kind or when the database went away, 2 for wrong usage."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH", help="file, directory, or a source such as synthetic:")
        parser.add_argument(
            "--patch", metavar="NAME", help="load only the areas of this patch (slug or organisation/slug)"
        )
        parser.add_argument(
            "--convert",
            action="store_true",
            help="load a file whose codes are of the other census vintage as what it is, and carry its figures over",
        )
        parser.add_argument(
            "--crs", type=int, metavar="EPSG", help="coordinate reference system of boundaries that do not state theirs"
        )
        parser.add_argument("--period", help="period of files that do not state theirs, e.g. 2024-25")
        parser.add_argument("--encoding", help="encoding of text that is not UTF-8, e.g. windows-1252")
        parser.add_argument("--dry-run", action="store_true", help="check the files and report, write nothing")

    def handle(self, *, paths, patch, dry_run, convert, crs, period, encoding, **options):
        given = {"convert": "yes" if convert else None, "crs": crs, "period": period, "encoding": encoding}
        try:
            with _bar() as (progress, print_aside):
                outcomes = load_paths(
                    paths=paths,
                    by=SystemActor("command:load_open_data"),
                    patch=_patch(patch) if patch else None,
                    dry_run=dry_run,
                    options={name: str(value) for name, value in given.items() if value is not None},
                    progress=progress,
                    on_outcome=lambda outcome: print_aside(lambda: self._print(outcome)),
                )
        except PathMissing as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseGone as error:
            message = f"{error}. Nothing of the file being loaded is kept; load again to go on."
            raise CommandError(message, returncode=1) from error
        except KeyboardInterrupt:
            # 128 + SIGINT, as shells count it.
            raise CommandError(
                "Stopped. Nothing of the file being loaded is kept; files loaded before it stay.", returncode=130
            ) from None
        states = [outcome.state for outcome in outcomes]
        counts = ", ".join(f"{states.count(state)} {word}" for state, word in WORDS.items() if state in states)
        self.stdout.write(f"{len(outcomes)} files: {counts}" if outcomes else "No files found.")
        if not all(outcome.ok for outcome in outcomes):
            sys.exit(1)

    def _print(self, outcome):
        text = f"{outcome.name}: {WORDS[outcome.state]}"
        self.stdout.write(f"{text}: {outcome.message}" if outcome.message else text)
        if outcome.dataset is not None and outcome.state in ("loaded", "history"):
            self.stdout.write(f"    {outcome.dataset} ({outcome.dataset.extent})")
        for line in report_lines(outcome.quality) if outcome.quality else []:
            self.stdout.write(f"    {line}")
        self.stdout.flush()


def _patch(name) -> Patch:
    """A patch by slug or name, with its organisation's name in front where several have one so named."""
    organisation, _, slug = name.rpartition("/")
    named = Q(slug__iexact=slug) | Q(name__iexact=slug)
    patches = Patch.objects.filter(named)  # unscoped: a command of the platform's staff, who name the organisation
    patches = patches.select_related("organisation")
    if organisation:
        patches = patches.filter(organisation__name__iexact=organisation)
    found = list(patches)
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(f"There is no patch {name}.", returncode=2)
    raise CommandError(
        "Several organisations have that patch: " + ", ".join(f"{p.organisation.name}/{p.slug}" for p in found),
        returncode=2,
    )


class _bar:
    """A progress bar on standard error when that is a terminal; nothing otherwise."""

    def __enter__(self):
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
            redirect_stdout=False,
        )
        self._progress.start()
        self._task = self._progress.add_task("open data", total=1.0)
        return self._tell, self._aside

    def _tell(self, fraction, message):
        self._progress.update(self._task, completed=fraction, description=message[:40])

    def _aside(self, write):
        """Write to standard output without the bar in between."""
        if self._progress.disable:
            write()
            return
        self._progress.stop()
        write()
        self._progress.start()

    def __exit__(self, *error):
        self._progress.stop()
