"""Check the decision tables of a model file."""

import json

from django.core.management.base import BaseCommand

from priorities.dex.tables.report import check
from priorities.management.model_files import model_in


class Command(BaseCommand):
    help = (
        "Print, as JSON, for every decision table of a .dxi file: how much is defined and determined, pairs of rules "
        "that conflict, symmetry, weights and the regression they come from. Needs no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("model", metavar="MODEL.dxi", help="file of the model")

    def handle(self, *args, model, **options):
        self.stdout.write(json.dumps(check(model_in(model)), ensure_ascii=False))
