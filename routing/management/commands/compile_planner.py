"""`manage.py compile_planner`: compiles the searches into their cache on disk, so that no request waits for it."""

import time
from importlib import import_module
from pathlib import Path

from django.core.management.base import BaseCommand

from routing.planning import ruin_recreate

FOLDER = Path(ruin_recreate.__file__).parent
# Module with `warm()` -> folders that its kernels are made of, as it tells its compiler.
SEARCHES = {
    "routing.planning.ruin_recreate.search": (FOLDER,),
    "routing.planning.ruin_recreate.rich.search": (FOLDER / "rich",),
}


class Command(BaseCommand):
    help = "Compiles the searches for plans (about a minute, once for each version; NUMBA_CACHE_DIR says where to)."
    requires_system_checks = []

    def handle(self, *args, **options):
        from routing.planning.ruin_recreate.compilation import cache_root, remove_outdated

        for name, folders in SEARCHES.items():
            began = time.perf_counter()
            import_module(name).warm()
            remove_outdated(*folders)
            self.stdout.write(f"{name}: {time.perf_counter() - began:.1f} s, in {cache_root(folders[0])}")
