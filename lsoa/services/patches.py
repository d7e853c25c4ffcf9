"""The areas that organisations look after."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify

from accounts import audit
from lsoa.models import Area, Patch, Vintage


class PatchInvalid(ValueError):
    """A patch that cannot be made: unknown codes, no areas, or a name that is taken."""


@transaction.atomic
def create_patch(
    *,
    organisation,
    name: str,
    by,
    local_authorities: Iterable[str] = (),
    icbs: Iterable[str] = (),
    area_codes: Iterable[str] = (),
) -> Patch:
    """The patch of an organisation from local authorities and ICBs (codes or exact names) and single areas.

    Raises PatchInvalid naming every code that matches no area of 2021.
    """
    slug = slugify(name)[:100]
    if not slug:
        raise PatchInvalid("A patch needs a name with letters or digits in it.")
    if Patch.objects.for_organisation(organisation).filter(slug=slug).exists():
        raise PatchInvalid(f"{organisation} has a patch named {name} already.")
    areas = _areas_of(local_authorities, icbs, area_codes)
    patch = Patch.objects.create(organisation=organisation, name=name, slug=slug)
    patch.areas.add(*areas)
    details = {"areas": len(areas), "local_authorities": sorted(local_authorities), "icbs": sorted(icbs)}
    audit.record(action="patch.created", by=by, organisation=organisation, target=patch, details=details)
    return patch


def _areas_of(local_authorities, icbs, area_codes) -> set[int]:
    areas, unknown = set(), []
    for wanted, fields in (
        (local_authorities, ("local_authority_code", "local_authority_name")),
        (icbs, ("icb_code", "icb_name")),
        (area_codes, ("code",)),
    ):
        for value in wanted:
            matches = set()
            for field in fields:
                matches |= set(
                    Area.objects.current().filter(**{f"{field}__iexact": value}).values_list("pk", flat=True)
                )
            areas |= matches
            if not matches:
                unknown.append(value)
    if unknown:
        raise PatchInvalid(f"No area of {Vintage.CENSUS_2021.label} belongs to: {', '.join(unknown)}.")
    if not areas:
        raise PatchInvalid("A patch needs at least one local authority, ICB or area.")
    return areas
