"""`manage.py analyse_text`: what the safety checks find in a text."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from insights.safety import check_message

BAD_INPUT, LARGEST = 1, 1_000_000


class Command(BaseCommand):
    help = (
        "Check a text (a file, or standard input) for personal data, danger, requests for advice and instructions; "
        "JSON on standard output. Needs neither database nor Redis."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", default="-", help="UTF-8 text; - for standard input")
        parser.add_argument("--lines", action="store_true", help="one message in each line, one answer in each line")

    def handle(self, *args, file, lines, **options):
        text = self._read(file)
        for message in text.splitlines() if lines else [text]:
            self.stdout.write(json.dumps(asdict(check_message(message)), ensure_ascii=False))

    def _read(self, file: str) -> str:
        try:
            data = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else Path(file).read_bytes()
            if len(data) > LARGEST:
                raise CommandError(f"The text has more than {LARGEST:,} bytes.", returncode=BAD_INPUT)
            return data.decode("utf-8")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=BAD_INPUT) from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is no UTF-8 text: {error.reason}", returncode=BAD_INPUT) from error
