"""A version of a model as a .dxi file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from priorities.dex.dxi import DxiError, read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.notation import Notation, in_notation
from priorities.management.model_files import one_line
from priorities.models import ModelVersion


class Command(BaseCommand):
    help = (
        "Write a version of a model as .dxi, for DEXi and other tools: the published version, or the one with "
        "--number. Thresholds and visit minutes are not part of such a file."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", metavar="NAME", help="name of the model")
        parser.add_argument("--number", type=int, metavar="N", help="number of the version")
        parser.add_argument(
            "--form", choices=[form.value for form in Notation], help="convert: old for DEXi, new for DEXiWin and later"
        )
        parser.add_argument("--out", type=Path, metavar="FILE", help="file to write; standard output without it")

    def handle(self, *args, name, number, form, out, **options):
        version = self._version(name, number)
        definition = version.definition
        if form is not None:
            try:
                definition = write_dxi(in_notation(read_dxi(definition), Notation(form)))
            except DxiError as refusal:
                raise CommandError(f"{version} cannot be written in the {form} form: {one_line(refusal)}.") from None
        if out is None:
            self.stdout.write(definition, ending="" if definition.endswith("\n") else "\n")
        else:
            try:
                out.write_text(definition, encoding="utf-8", newline="")
            except OSError as error:
                raise CommandError(f"{out} cannot be written: {(error.strerror or str(error)).lower()}.") from None
        self.stderr.write(f"{version}: {version.get_state_display().lower()}")

    def _version(self, name: str, number: int | None) -> ModelVersion:
        # Scenarios belong to organisations, and are numbered apart.
        national = ModelVersion.objects.national()
        versions = national.filter(name=name)
        if not versions.exists():
            names = ", ".join(sorted(set(national.values_list("name", flat=True)))) or "none"
            raise CommandError(f"There is no model called {name}; there are: {names}.")
        found = versions.published().first() if number is None else versions.filter(number=number).first()
        if found is None:
            numbers = ", ".join(str(version.number) for version in versions.order_by("number"))
            wanted = "published version" if number is None else f"version {number}"
            raise CommandError(f"{name} has no {wanted}; choose one with --number: {numbers}.")
        return found
