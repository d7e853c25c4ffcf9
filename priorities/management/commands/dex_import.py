"""A .dxi file becomes a draft of a model version."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from priorities import services
from priorities.dex.xml_tree import MAXIMUM_BYTES, DxiError
from priorities.management.model_files import one_line


class Command(BaseCommand):
    help = (
        "Make a draft of a model version from a .dxi file. Its inputs get their indicators, and its thresholds are "
        "computed, before it can be proposed. The same file again changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="MODEL.dxi", help="file of the model")
        parser.add_argument("--name", default="", help="name of the model; without it, the one in the file")
        parser.add_argument("--reason", default="", help="why this version is made")

    def handle(self, *args, file, name, reason, **options):
        try:
            with file.open("rb") as stream:
                # One byte more than is allowed, so that a larger file is refused for its size.
                definition = stream.read(MAXIMUM_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {(error.strerror or str(error)).lower()}.") from None
        try:
            version = services.import_model(
                definition=definition, name=name, reason=reason, by=SystemActor("command:dex_import")
            )
        except DxiError as refusal:
            raise CommandError(f"{file} is not a model that can be used: {one_line(refusal)}.") from None
        except services.ImportRefused as refusal:
            raise CommandError(one_line(refusal)) from None
        self.stdout.write(f"{version}: {version.get_state_display().lower()}")
