"""Data, and the areas that an organisation looks after: items of the checklist that its administrators see."""

from accounts.people.setup import Step, register_step
from accounts.permissions import Permission

from .models import Area, Patch


def _has_patch(organisation) -> bool:
    return Patch.objects.for_organisation(organisation).exists()


def _has_data(organisation) -> bool:
    return Area.objects.exists()


register_step(
    Step(
        "data",
        15,
        "See which open data is loaded",
        "Whoever runs the platform loads it: areas, need and priorities are the same for all organisations.",
        "about-data",
        Permission.VIEW_AREAS,
        _has_data,
    )
)
register_step(
    Step(
        "patch",
        20,
        "Name the areas that you look after",
        "Whoever runs the platform makes the patch: tell them your ICB, local authority or list of areas.",
        "",
        Permission.MANAGE_PATCHES,
        _has_patch,
    )
)
