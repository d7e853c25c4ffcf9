"""manage.py create_patch --organisation NAME --name NAME [--local-authority CODE] [--icb CODE] [--area CODE]"""

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from accounts.models import Organisation
from lsoa.services import PatchInvalid, create_patch


class Command(BaseCommand):
    help = "Make the patch of an organisation from local authorities, ICBs (codes or names) and single areas."

    def add_arguments(self, parser):
        parser.add_argument("--organisation", required=True, help="name of the organisation")
        parser.add_argument("--name", required=True, help="name of the patch")
        parser.add_argument("--local-authority", action="append", default=[], metavar="CODE", help="may be repeated")
        parser.add_argument("--icb", action="append", default=[], metavar="CODE", help="may be repeated")
        parser.add_argument("--area", action="append", default=[], metavar="CODE", help="LSOA code; may be repeated")

    def handle(self, *, organisation, name, local_authority, icb, area, **options):
        owner = Organisation.objects.filter(name__iexact=organisation).first()
        if owner is None:
            raise CommandError(f"There is no organisation named {organisation}.", returncode=2)
        try:
            patch = create_patch(
                organisation=owner,
                name=name,
                local_authorities=local_authority,
                icbs=icb,
                area_codes=area,
                by=SystemActor("command:create_patch"),
            )
        except PatchInvalid as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{patch.name} ({patch.slug}): {patch.areas.count():,} areas")
