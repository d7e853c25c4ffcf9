"""`manage.py bench SUBJECT`: speed and quality measurements. Apps add subjects by registering them in `SUBJECTS`."""

from importlib import import_module

from django.core.management.base import BaseCommand

# Subject: (module with `add_arguments(parser)` and `run(options, write)`, one line of help).
SUBJECTS = {
    "routing": ("routing.planning.bench", "engines on made-up days and published instances, judged independently"),
}


class Command(BaseCommand):
    help = "Measures speed and quality. Speed claims live here, never in tests."
    requires_system_checks = []

    def add_arguments(self, parser):
        subjects = parser.add_subparsers(dest="subject", required=True)
        for name, (module, text) in SUBJECTS.items():
            import_module(module).add_arguments(subjects.add_parser(name, help=text))

    def handle(self, *args, **options):
        import_module(SUBJECTS[options["subject"]][0]).run(options, self.stdout.write)
