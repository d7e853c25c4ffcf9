"""manage.py data_report [--rejects N] [--all]"""

from django.core.management.base import BaseCommand

from lsoa.catalogue import CATALOGUE
from lsoa.loading.report import report_lines
from lsoa.models import Area, Dataset, Vintage
from lsoa.statistics import national_distribution


class Command(BaseCommand):
    help = "What is loaded: areas, datasets in force with their quality reports, coverage of every indicator."

    def add_arguments(self, parser):
        parser.add_argument("--rejects", type=int, default=5, metavar="N", help="rejected rows to show per dataset")
        parser.add_argument("--all", action="store_true", help="also datasets that are superseded or rolled back")

    def handle(self, *, rejects, all, **options):
        for vintage in Vintage:
            for synthetic, kind in ((False, ""), (True, " (fictional)")):
                number = Area.objects.filter(vintage=vintage, is_synthetic=synthetic).count()
                if number:
                    self.stdout.write(f"Areas of {vintage.label}{kind}: {number:,}")
        datasets = Dataset.objects.all() if all else Dataset.objects.in_force()
        for dataset in datasets.order_by("publication", "extent", "-loaded_at"):
            self._dataset(dataset, rejects)
        self._indicators()

    def _dataset(self, dataset, rejects):
        flags = [dataset.get_state_display().lower(), dataset.get_standing_display().lower()]
        flags += ["provisional"] if dataset.is_provisional else []
        self.stdout.write(f"\n{dataset} ({dataset.extent}): {', '.join(flags)}")
        self.stdout.write(f"    {dataset.file_name}, loaded {dataset.loaded_at:%Y-%m-%d %H:%M} UTC, {dataset.licence}")
        for line in report_lines(dataset.quality):
            self.stdout.write(f"    {line}")
        for reject in dataset.rejects.all()[:rejects]:
            self.stdout.write(f"    line {reject.line} {reject.code}: {reject.reason}")

    def _indicators(self):
        spread = national_distribution(CATALOGUE)
        if spread:
            self.stdout.write("\nIndicator: areas, mean, median, 80th percentile")
        for code, found in sorted(spread.items()):
            median, p80 = found.median, found.percentile(80)
            self.stdout.write(f"    {code}: {found.areas:,}, {found.mean:.4g}, {median:.4g}, {p80:.4g}")
