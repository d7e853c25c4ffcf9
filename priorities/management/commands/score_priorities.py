"""Calculate the priorities of all areas, or of those of a patch."""

import re

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from lsoa.models import Patch
from priorities import services
from priorities.models import PriorityClass


class Command(BaseCommand):
    help = "Calculate the priorities of all areas with the published model, and store every score with its reasons."

    def add_arguments(self, parser):
        parser.add_argument("--patch", metavar="NAME", help="only the areas of this patch (its short name)")
        parser.add_argument(
            "--model", metavar="NAME[:NUMBER]", help="name of the model; a number must be that of the published version"
        )

    def handle(self, *args, patch, model, **options):
        def progress(percent, message):
            self.stderr.write(f"{percent:3d} % {message}")

        try:
            run = services.score_areas(
                by=SystemActor("command:score_priorities"),
                version=self._version(model),
                patch=self._patch(patch),
                progress=progress,
            )
        except services.NothingToScore as refusal:
            raise CommandError(str(refusal)) from None
        classes = ", ".join(
            f"{PriorityClass(int(index)).label.lower()} {count:,}" for index, count in sorted(run.class_counts.items())
        )
        changed = "no earlier scores" if run.changed_count is None else f"{run.changed_count:,} changed class"
        self.stdout.write(
            f"{run.area_count:,} areas scored in {run.seconds:.1f} s with {run.model_version}: {classes}; "
            f"{run.provisional_count:,} provisional; {changed}"
        )

    def _version(self, model):
        name, number = model, None
        if model and (found := re.fullmatch(r"(.*):(\d+)", model)):
            name, number = found[1], int(found[2])
        return services.published_version(name=name, number=number)

    def _patch(self, name):
        if not name:
            return None
        # The same short name may occur in several organisations.
        patches = Patch.objects.filter(slug=name)  # unscoped: a command acts for the whole installation
        found = list(patches.select_related("organisation"))
        if len(found) == 1:
            return found[0]
        if not found:
            raise CommandError(f"There is no patch {name!r}.")
        owners = "; ".join(str(patch.organisation) for patch in found)
        raise CommandError(f"Several organisations have a patch {name!r}: {owners}.")
