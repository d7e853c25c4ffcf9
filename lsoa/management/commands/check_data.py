"""manage.py check_data: run the data checks; prints what they found, exit 1 when there is an error among it."""

import json

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from lsoa.quality import CHECKS
from lsoa.services import run_checks


class Command(BaseCommand):
    help = "Check the data in force; exit 1 when there are errors. Alerts on the quality page are brought up to date."

    def add_arguments(self, parser):
        parser.add_argument("--only", action="append", metavar="CHECK", choices=sorted(CHECKS), help="run this check")
        parser.add_argument("--list", action="store_true", help="list the checks and what they expect")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args, only, list, json, **options):
        if list:
            for check in CHECKS.values():
                self.stdout.write(f"{check.code}: {check.title}. {check.explanation}")
            return
        outcome = run_checks(by=SystemActor("command:check_data"), codes=only)
        if json:
            self.stdout.write(_as_json(outcome))
        else:
            for check, finding in outcome.findings:
                self.stdout.write(f"{finding.severity}: {check.code}: {finding.message}")
        self.stderr.write(
            f"{outcome.checks} checks, {len(outcome.findings)} findings ({len(outcome.raised)} new), "
            f"{outcome.resolved} alerts resolved"
        )
        if outcome.has_errors:
            raise CommandError("there are errors in the data", returncode=1)


def _as_json(outcome) -> str:
    rows = [
        {
            "check": check.code,
            "severity": str(finding.severity),
            "subject": finding.subject,
            "message": finding.message,
            "details": finding.details,
            "dataset": str(finding.dataset.pk) if finding.dataset else None,
        }
        for check, finding in outcome.findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)
