"""`manage.py forecast_series FILE`: monthly series in, forecasts out, as CSV; without database or Redis."""

import sys

from django.core.management.base import BaseCommand, CommandError

from insights.forecasting import BadPanel, choose, forecast
from insights.series_files import BadFile, read_series, write_forecasts


class Refused(CommandError):
    """The input cannot be answered."""

    def __init__(self, message):
        super().__init__(message, returncode=1)


class Command(BaseCommand):
    help = "Forecasts monthly series of a CSV file (series,month,value). The forecasts go to standard output or --out."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.csv", help="the series; - reads standard input")
        parser.add_argument("--horizon", type=int, default=6, choices=range(1, 13), help="months ahead (default 6)")
        parser.add_argument("--out", metavar="FILE", help="where the forecasts are written instead")

    def handle(self, *args, **options):
        try:
            answer = self._answer(self._read(options["file"]), options["horizon"])
            if options["out"]:
                with open(options["out"], "w", encoding="utf-8", newline="") as file:
                    file.write(answer)
            else:
                self.stdout.write(answer, ending="")
        except (BadFile, BadPanel, OSError, UnicodeDecodeError) as error:
            raise Refused(str(error)) from None

    def _read(self, name):
        if name == "-":
            return sys.stdin.read()
        with open(name, encoding="utf-8-sig", newline="") as file:
            return file.read()

    def _answer(self, text, horizon):
        names, first, panel = read_series(text)
        choice = choose(panel, horizon)
        accuracy = choice.accuracy
        self.stderr.write(
            f"{panel.series:,} series of {panel.months} months; {choice.settings.members_dict()}; MASE "
            f"{accuracy.mase:.3f}, last year's month {accuracy.naive:.3f}; intervals cover "
            f"{accuracy.coverage_80:.3f} and {accuracy.coverage_90:.3f} on {accuracy.origins} held-out origins",
            style_func=str,
        )
        return write_forecasts(names, first + panel.months, forecast(panel, choice.settings, choice.reach, horizon))
