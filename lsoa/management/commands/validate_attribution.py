"""How well registers reach areas: the validation of every year, computed now from what is loaded."""

import json

from django.core.management.base import BaseCommand, CommandError

from lsoa.derivations.evidence import validate
from lsoa.derivations.inputs import prevalence_inputs
from lsoa.derivations.year import PrevalenceOfYear
from lsoa.presenters.validation import validation_lines
from lsoa.sources.base import Refused


class Command(BaseCommand):
    help = "Print how well practices' registers are carried to areas, from the data that are loaded. Writes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--release", help="One year of registers alone, e.g. 2024-25.")
        parser.add_argument("--json", action="store_true", help="Everything, as the dataset's quality report holds it.")

    def handle(self, **options):
        found = prevalence_inputs()
        if not found:
            raise CommandError(
                "Expected registers of practices, practices with their places and LSOA boundaries of 2021 to be "
                "loaded; at least one of them is not."
            )
        chosen = [inputs for inputs in found if options["release"] in (None, inputs.registers.period)]
        if not chosen:
            held = ", ".join(inputs.registers.period for inputs in found)
            raise CommandError(f"Expected one of the years that are loaded ({held}), found {options['release']}.")
        for inputs in chosen:
            try:
                result, _ = validate(PrevalenceOfYear(inputs))
            except Refused as refusal:
                raise CommandError(f"{inputs.registers.period}: {refusal}.") from refusal
            if options["json"]:
                self.stdout.write(json.dumps(result, ensure_ascii=False))
            else:
                self.stdout.write("\n".join(validation_lines(result)))
