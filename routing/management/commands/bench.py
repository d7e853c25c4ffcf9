"""`manage.py bench SUBJECT`: measurements. Each app may list subjects in `<app>/benches.py` as BENCHES."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from routing.planning.fields import InputError


def subjects():
    """Subject -> module, of every installed app."""
    found = {}
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.benches"):
            found.update(import_module(f"{app.name}.benches").BENCHES)
    return found


class Command(BaseCommand):
    help = "Measures speed and quality. Speed claims live here, never in tests."
    requires_system_checks = []

    def add_arguments(self, parser):
        choices = parser.add_subparsers(dest="subject", required=True)
        for name, path in sorted(subjects().items()):
            module = import_module(path)
            module.add_arguments(choices.add_parser(name, help=module.__doc__))

    def handle(self, *args, **options):
        try:
            import_module(subjects()[options["subject"]]).run(options, self._write)
        except InputError as error:
            raise CommandError(str(error)) from None

    def _write(self, line):
        """Measurements take minutes: what is known is shown at once, also through a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
