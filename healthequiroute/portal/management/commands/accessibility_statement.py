"""Makes the basis of the accessibility statement from the walk over every page."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from healthequiroute.portal.statement.results import RESULTS, WALK, NoResults, summary_of, write


class Command(BaseCommand):
    help = (
        "Reads what the walk over every page found (healthequiroute/tests/browser/test_every_page.py) and writes "
        "docs/assurance/accessibility-results.json, which the page /accessibility/ is made from."
    )

    def add_arguments(self, parser):
        parser.add_argument("--results", type=Path, default=WALK, help="what the walk wrote")
        parser.add_argument("--out", type=Path, default=RESULTS)

    def handle(self, *args, results: Path, out: Path, **options):
        try:
            summary = summary_of(results)
        except NoResults as error:
            raise CommandError(str(error)) from None
        write(summary, out)
        self.stdout.write(
            f"{summary['pages']} pages in {summary['views']} views, {len(summary['themes'])} themes, "
            f"{len(summary['widths'])} widths: {len(summary['findings'])} findings"
        )
