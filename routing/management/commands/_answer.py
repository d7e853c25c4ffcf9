"""Commands that answer with data: the answer alone on standard output, the log on standard error.

Exit 0 with an answer, 1 for bad input, 2 for wrong usage. Neither database nor Redis is needed.
"""

import json

from django.core.management.base import BaseCommand, CommandError

from routing.planning.fields import InputError


class Refused(CommandError):
    """The input cannot be answered."""

    def __init__(self, message):
        super().__init__(message, returncode=1)


class AnswerCommand(BaseCommand):
    """Gives the JSON of `answer(options)` to --out or standard output."""

    requires_system_checks = []

    def answer(self, options):
        raise NotImplementedError

    def log(self, text):
        self.stderr.write(text, style_func=str)

    def handle(self, *args, **options):
        try:
            text = json.dumps(self.answer(options), ensure_ascii=False)
        except InputError as error:
            raise Refused(str(error)) from None
        if not options["out"]:
            self.stdout.write(text)
            return
        try:
            with open(options["out"], "w", encoding="utf-8") as file:
                file.write(text + "\n")
        except OSError as error:
            raise Refused(f"--out: {error}") from None
