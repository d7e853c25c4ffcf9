"""`manage.py import_rota FILE --team NAME`: shifts or absences of a team from a CSV file."""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from routing import services
from routing.csv_files import FileRefused
from routing.models import Team

ACTOR = SystemActor("command:import_rota")


class Command(BaseCommand):
    """Prints the report as JSON: what was added, changed, removed, unchanged, and rows refused with line and reason.

    Exit 1 when the file as a whole is refused; rows refused are no failure.
    """

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="CSV file of shifts or of absences; see docs/teams.md")
        parser.add_argument("--team", required=True, help="name of the team")
        parser.add_argument("--organisation", help="name of the organisation, where several have such a team")
        parser.add_argument("--check", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args, **options):
        team, path = self._team(options), options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            if options["check"]:
                answer = services.check_rota(team=team, content=content)
            else:
                file = services.import_rota(team=team, name=path.name, content=content, by=ACTOR)
                answer = {"kind": file.kind, **file.report}
        except (FileRefused, ValidationError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(json.dumps(answer, indent=2))

    def _team(self, options) -> Team:
        teams = Team.objects.filter(name=options["team"])  # unscoped: refused below where several have such a team
        teams = teams.select_related("organisation")
        if options["organisation"]:
            teams = teams.filter(organisation__name=options["organisation"])
        found = list(teams[:2])
        if not found:
            raise CommandError(f"There is no team {options['team']}.")
        if len(found) > 1:
            raise CommandError(f"Several organisations have a team {options['team']}: name one with --organisation.")
        return found[0]
