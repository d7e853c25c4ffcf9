"""Prints the inventory of personal data."""

import csv

from django.core.management.base import BaseCommand

from accounts.privacy import presenter

COLUMNS = ("name", *presenter.COLUMNS[1:])


class Command(BaseCommand):
    help = "Lists every place in which personal data are kept: why, on which basis, how long, and what erasure does."

    def add_arguments(self, parser):
        parser.add_argument("--csv", action="store_true", help="Comma-separated, for spreadsheets.")
        parser.add_argument("--markdown", action="store_true", help="For docs/assurance/records-of-processing.md.")

    def handle(self, *args, **options):
        rows = [[str(row[column]) for column in COLUMNS] for row in presenter.rows()]
        if options["csv"]:
            writer = csv.writer(self.stdout)
            writer.writerows([COLUMNS, *rows])
            return
        if options["markdown"]:
            for row in [COLUMNS, ["---"] * len(COLUMNS), *rows]:
                self.stdout.write(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |")
            return
        widths = [max(len(row[place]) for row in [COLUMNS, *rows]) for place in range(len(COLUMNS))]
        for row in [COLUMNS, *rows]:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
