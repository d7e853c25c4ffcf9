"""Make forecasts of all published activity that is loaded."""

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from insights.models import ForecastModel
from insights.services.forecasts import NothingToForecast, make_forecasts


class Command(BaseCommand):
    help = "Forecast the next six months of every monthly series of published activity, and bring them into force."

    def add_arguments(self, parser):
        parser.add_argument("--anew", action="store_true", help="also when the figures have not changed")

    def handle(self, *args, anew, **options):
        def progress(percent, message):
            self.stderr.write(f"{percent:3d} % {message}")

        try:
            run = make_forecasts(by=SystemActor("command:make_forecasts"), progress=progress, anew=anew)
        except NothingToForecast as refusal:
            raise CommandError(str(refusal)) from None
        for model in ForecastModel.objects.current():
            self.stdout.write(
                f"{model.measure} by {model.organisation_kind}: {model.series_count:,} series, "
                f"MASE {_figure(model.mase)} (last year's month {_figure(model.mase_naive)}), "
                f"intervals cover {_figure(model.coverage_80)} and {_figure(model.coverage_90)}; "
                f"{model.get_reason_display().lower()}"
            )
        left_out = ", ".join(f"{number:,} {reason}" for reason, number in run.left_out.items()) or "none"
        self.stdout.write(
            f"{run.series_count:,} series forecast in {run.seconds:.1f} s, data until {run.data_until:%B %Y}; "
            f"left out: {left_out}"
        )


def _figure(value):
    return "not measurable" if value is None else f"{value:.3f}"
