"""Fill the open rules of one decision table of a model file."""

import json
import math

from django.core.management.base import BaseCommand, CommandError

from priorities.dex.model import Model, ModelError
from priorities.dex.tables.completion import MODES, WeightsError, complete
from priorities.dex.tables.grid import TableScales
from priorities.dex.tables.report import characters
from priorities.management.model_files import model_in, one_line

# Weights are often rounded to whole percent: three times 33.3 is meant to be 100.
ROUNDING_ALLOWED = 0.5


class Command(BaseCommand):
    help = (
        "Print, as JSON, the lowest and the highest class of every rule after the open rules (- in ENTERED) are filled "
        "from the entered ones, in the characters of the file. Needs no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("model", metavar="MODEL.dxi", help="file of the model")
        parser.add_argument("--attribute", metavar="NAME", required=True, help="name, or #i (index in pre-order)")
        parser.add_argument("--mode", choices=MODES, required=True, help="what the open rules follow")
        parser.add_argument(
            "--weights", metavar="P,P,...", help="percent by argument, adding up to 100; default: WEIGHTS of the file"
        )

    def handle(self, *args, model, attribute, mode, weights, **options):
        dex = model_in(model)
        try:
            node = dex.find(attribute)
            scales = TableScales.of(dex, node)
            percent = _percent(weights, dex, node.children) if weights is not None else None
            completion = complete(node.function, scales, mode=mode, weights=percent)
        except WeightsError as refusal:
            raise CommandError(f"{one_line(node.name)}: {refusal}.") from None
        except ModelError as refusal:
            raise CommandError(f"{one_line(refusal)}.") from None
        for note in completion.notes:
            self.stderr.write(f"{one_line(node.name)}: {note}.")
        self.stdout.write(json.dumps(characters(completion.table)))


def _percent(text: str, model: Model, arguments: tuple[int, ...]) -> tuple[float, ...]:
    """Weights as written on the command line. Raises WeightsError saying what was expected and what was found."""
    try:
        percent = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise WeightsError(f"weights are numbers with commas between them, found {one_line(text)!r}") from None
    if len(percent) != len(arguments):
        names = ", ".join(one_line(model.attributes[index].name) for index in arguments)
        raise WeightsError(f"expected {len(arguments)} weights ({names}), found {len(percent)}")
    if not all(math.isfinite(weight) and weight >= 0 for weight in percent):
        raise WeightsError(f"weights are percentages from 0 upwards, found {text}")
    if abs(sum(percent) - 100) > ROUNDING_ALLOWED:
        raise WeightsError(f"weights add up to 100, found {sum(percent):g}")
    return percent
