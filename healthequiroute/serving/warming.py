"""What a web process works out before it answers, so that nobody is the first to wait for it: two seconds in all."""

import gc
from pathlib import Path

import structlog
from django.db import DatabaseError, connection
from django.template import engines
from django.template.loader import get_template
from django.urls import get_resolver

from accounts.kept_answers import digest_of_code
from healthequiroute.portal.templatetags.nhsuk import prepare_components
from lsoa.catalogue.order import KEY_INDICATORS
from lsoa.models import Area
from lsoa.similar import similar_areas
from lsoa.similar.standing import Standings

log = structlog.get_logger(__name__)

# A page makes tens of thousands of objects that go with it: at Python's 700, up to a tenth of its time is searching.
OBJECTS_BETWEEN_SEARCHES = 20_000


def warm() -> None:
    """Addresses, templates, components, and the figures that areas are compared by; without a database not these."""
    # The table of names that `reverse` looks in.
    get_resolver().reverse_dict  # noqa: B018
    for folder in engines["django"].engine.dirs:
        for path in sorted(Path(folder).rglob("*.html")):
            get_template(str(path.relative_to(folder)))
    prepare_components()
    digest_of_code()
    try:
        _figures()
    except DatabaseError as error:
        # The process starts all the same: /health/ready says what is away, and the first page works them out.
        log.warning("figures_not_prepared", error=type(error).__name__)
    finally:
        if not connection.in_atomic_block:
            connection.close()


def settle() -> None:
    """Leave what is there now out of every later search for garbage: it stays for good, and each full search through it
    held all answers up for a third of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES, *gc.get_threshold()[1:])


def _figures() -> None:
    area = Area.objects.current().order_by("pk").defer("geometry", "population_centroid").first()
    if area is not None:
        similar = [each.area_id for each in similar_areas(area).areas]
        Standings(area, KEY_INDICATORS, similar).by_code  # noqa: B018
