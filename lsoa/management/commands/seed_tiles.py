"""`manage.py seed_tiles`: build the map of the loaded boundaries again."""

import time

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import SystemActor
from lsoa import tile_sets
from lsoa.models import Vintage


class Command(BaseCommand):
    help = "Simplify the loaded boundaries for every zoom and make the map tiles of zoom 4 to 9. No-op when up to date."

    def add_arguments(self, parser):
        parser.add_argument("--vintage", type=int, choices=Vintage.values, default=Vintage.CENSUS_2021)
        parser.add_argument(
            "--geometry-only", action="store_true", help="Only simplify and store; the map on the page stays as it is."
        )

    def handle(self, *args, vintage, geometry_only, **options):
        started = time.monotonic()
        before = tile_sets.current_set(vintage)

        def report(fraction, message):
            self.stderr.write(f"{message}: {fraction:.0%}", ending="\r" if self.stderr.isatty() else "\n")

        if geometry_only:
            # Runs beside a load, which has a progress bar of its own.
            tile_sets.build_geometry(tile_sets.read_boundaries(vintage))
            return
        tile_set = tile_sets.rebuild(vintage, by=SystemActor("command:seed_tiles"), report=report)
        if tile_set is None:
            raise CommandError(f"No areas of vintage {vintage} are loaded.", returncode=1)
        if before and before.version == tile_set.version:
            self.stdout.write(f"The map of {tile_set.area_count:,} areas is up to date (version {tile_set.version}).")
            return
        seconds = time.monotonic() - started
        self.stdout.write(
            f"Map of {tile_set.area_count:,} areas built in {seconds:.1f} s (version {tile_set.version})."
        )
