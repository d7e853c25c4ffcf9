"""What people and other systems can be told of data: loads that failed, data that are stale or in doubt, new data."""

from django.dispatch import receiver
from django.urls import reverse

from accounts.notices import EventType, Kind, emit, register_event, register_kind, tell, tell_everywhere
from accounts.permissions import Permission

from .signals import dataset_loaded

DATA = "Data"
IMPORT_FAILED, STALE = "import.failed", "data.stale"
# Checks of `lsoa.quality` that say that data are old; other checks are for the platform's administrators.
AGE_CHECKS = frozenset({"release-due", "feeds"})
EXAMPLE_ID = "01934f6e-7b1c-7c1e-9d55-8a3e2f6f3f8f"


def register() -> None:
    for kind in KINDS:
        register_kind(kind)
    for event in EVENTS:
        register_event(event)


KINDS = (
    Kind(
        IMPORT_FAILED,
        "A load of data failed",
        "Files could not be loaded, or loading them was interrupted.",
        DATA,
        email="daily",
        permission=Permission.LOAD_DATA,
    ),
    Kind(
        STALE,
        "Data are stale",
        "A live source has gone quiet, or a newer release should be out.",
        DATA,
        permission=Permission.MANAGE_INDICATORS,
    ),
)
EVENTS = (
    EventType(
        "data.loaded",
        "Data were loaded",
        "A publication, or figures of the organisation's own, came into force.",
        DATA,
        {
            "dataset": ("Identifier of the dataset.", EXAMPLE_ID),
            "publication": ("Key of the publication.", "iod2025-file1"),
            "release": ("Release that the publisher names.", "2025"),
        },
    ),
    EventType(
        "data.stale",
        "Data are stale",
        "A live source has gone quiet, or a newer release should be out.",
        DATA,
        {"check": ("Which check found it.", "feeds"), "subject": ("What it is about.", "feed:4")},
    ),
)


@receiver(dataset_loaded, dispatch_uid="lsoa.notice_kinds.loaded")
def tell_of_dataset(sender, dataset, **details):
    """Other systems hear of what came into force: all of open data, an organisation of its own."""
    data = {"dataset": str(dataset.pk), "publication": dataset.publication, "release": dataset.release}
    url = reverse("dataset", args=[dataset.pk])
    emit(event="data.loaded", organisation=dataset.organisation, data=data, url=url, about=f"dataset:{dataset.pk}")


def tell_of_age(alerts) -> None:
    """Those who keep indicators hear of data that have become old, once while it lasts."""
    url = reverse("data-quality")
    for alert in alerts:
        if alert.check_code not in AGE_CHECKS:
            continue
        about, place = f"alert:{alert.pk}", alert.organisation
        if place is not None:
            tell(kind=STALE, organisation=place, text=alert.message[:300], url=url, about=about)
        else:
            tell_everywhere(kind=STALE, text=alert.message[:300], url=url, about=about)
        data = {"check": alert.check_code, "subject": alert.subject}
        emit(event="data.stale", organisation=place, data=data, url=url, about=about)
