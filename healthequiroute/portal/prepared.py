"""What everybody may ask of all areas is worked out before anybody does.

Counts, values of the map, heat maps and inequality of England take up to a second each from new data; they are the same
for every organisation, and hold until data or scores change.
"""

from django.core.cache import cache
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from lsoa.catalogue.order import KEY_INDICATORS

from .dashboard.heatmap import HeatBy, heat_map
from .inequality_reading import URGENT, inequality_of, measured_by
from .query import EVERYWHERE, PAGE_SIZE, PriorityQuery
from .selection import COMMON_SECONDS, Selection
from .theme_values import packed_values

# Explore's own, and by name.
ORDERS = (PriorityQuery().sort, "name")


@db_periodic_task(crontab(minute="*/2"))
def prepare_common_answers():
    """Once for each state of the data. A state that comes back, or an empty Redis, is prepared anew."""
    version = Selection(PriorityQuery(patch=EVERYWHERE), None).version
    # Whoever comes second finds the answers, or works them out: nobody waits for the other.
    if cache.add(f"prepared:{version}", True, COMMON_SECONDS):
        prepare()


def prepare() -> None:
    everywhere = Selection(PriorityQuery(patch=EVERYWHERE), None)
    everywhere.class_counts()
    everywhere.authorities()
    everywhere.extent()
    everywhere.number_of_all()
    for by in HeatBy:
        heat_map(everywhere, by)
    for sort in ORDERS:
        Selection(PriorityQuery(patch=EVERYWHERE, sort=sort), None).page(0, PAGE_SIZE)
    for code in (URGENT, *KEY_INDICATORS):
        if measured := measured_by(code):
            inequality_of(everywhere, measured)
    for theme in (PriorityQuery().theme, *KEY_INDICATORS):
        query = PriorityQuery(patch=EVERYWHERE, theme=theme)
        packed_values(query, Selection(query, None))
