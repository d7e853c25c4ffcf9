"""Visits as rows, with everything that hangs on them, in a handful of statements for any number."""

from routing.models import Visit, VisitLink

# What a newer version of the same visit replaces.
FROM_A_SOURCE = [
    *("area", "postcode", "point", "minutes", "window_start", "window_end", "late_minutes", "staff_required"),
    *("tier", "priority", "imd_decile", "source", "first_due", "clinical_limit", "earliest_day", "latest_day"),
]


def store_visits(visits: list[Visit], **related: list[list]) -> list[Visit]:
    """Unsaved visits, new or in place of those with the same team, day and reference (whose id they carry).

    `related`: of a many-to-many field, one list of things for each visit, in place of what was there.
    """
    made = Visit.objects.bulk_create(
        visits, update_conflicts=True, unique_fields=["team", "day", "reference"], update_fields=FROM_A_SOURCE
    )
    for name, things_of in related.items():
        field = Visit._meta.get_field(name)
        links, column = field.remote_field.through, f"{field.m2m_reverse_field_name()}_id"
        links.objects.filter(visit__in=made).delete()
        links.objects.bulk_create(
            links(visit_id=visit.pk, **{column: thing.pk})
            for visit, things in zip(made, things_of, strict=True)
            for thing in things
        )
    return made


def store_links(visits: list[Visit], links: list[VisitLink]) -> None:
    """Links in place of all that bind two of these visits."""
    VisitLink.objects.filter(first__in=visits, second__in=visits).delete()
    VisitLink.objects.bulk_create(links)
