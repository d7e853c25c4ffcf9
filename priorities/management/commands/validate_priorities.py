"""Hold a model version against the loaded data, keep the report, and say the main figures."""

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from priorities import default_model, services
from priorities.computed_thresholds import ThresholdsNotComputable
from priorities.models import ModelVersion
from priorities.validation.report import NothingToValidate
from priorities.validation.summary import summary_lines


class Command(BaseCommand):
    help = (
        "Work out how well the priorities hold: the split of areas into classes, crude and age-standardised registers "
        "side by side, agreement with published outcomes, need in the first tenth, releases, weights. The report is "
        "stored and shown at /methods/priorities/."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--number",
            type=int,
            metavar="NUMBER",
            help="number of a version of the default model (default: the published one)",
        )

    def handle(self, *args, number, **options):
        def progress(percent, message):
            self.stderr.write(f"{percent:3d} % {message}")

        try:
            report = services.validate_priorities(
                by=SystemActor("command:validate_priorities"), version=_version(number), progress=progress
            )
        except (services.NothingToScore, NothingToValidate, ThresholdsNotComputable) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{report.model_version}: {report.extent}, {report.seconds:.1f} s")
        for line in summary_lines(report.result):
            self.stdout.write(line)


def _version(number: int | None) -> ModelVersion | None:
    if number is None:
        return None
    version = ModelVersion.objects.national().filter(name=default_model.NAME, number=number).first()
    if version is None:
        raise CommandError(f"There is no version {number} of {default_model.NAME}.")
    return version
