"""Whom a page of the Django administration shows, told from what it was made of: no page there can forget it."""

from collections.abc import Iterable, Iterator

from django.db import models

from ..privacy import inventory

# What Django's pages hold: the rows of a list, the row that is changed, deleted or whose history is shown.
ROWS = ("original", "object")


def people_on(response) -> Iterator[tuple[str, object]]:
    """(label of a model, id) of everybody on the page; none for pages that show no rows."""
    context = getattr(response, "context_data", None) or {}
    rows = [context[name] for name in ROWS if isinstance(context.get(name), models.Model)]
    if "cl" in context:
        rows += list(context["cl"].result_list)
    for formset in context.get("inline_admin_formsets", []):
        rows += [form.instance for form in formset.formset.forms if form.instance.pk]
    return people_in(rows)


def people_in(rows: Iterable[models.Model]) -> Iterator[tuple[str, object]]:
    """Whom personal fields of the rows are about, and whom the rows point to: those are shown by their names."""
    for row in rows:
        for entry in inventory.personal_fields(type(row)):
            people = [(label, _at(row, path)) for label, path in entry.about.items()]
            yield from [each for each in people if each[1] is not None] or [(row._meta.label_lower, row.pk)]
        for one in row._meta.fields:
            if one.is_relation and _is_person(one.related_model):
                yield one.related_model._meta.label_lower, getattr(row, one.attname)


def _at(row, path: str):
    """The id at the end of a path such as "assignment__staff"; of the row itself for ""."""
    *before, last = path.split("__")
    for name in before:
        row = getattr(row, name, None)
    if row is None:
        return None
    return row.pk if not last else getattr(row, row._meta.get_field(last).attname)


def _is_person(model) -> bool:
    """Whether rows of the model stand for somebody: who works here, or who is visited."""
    entries = inventory.personal_fields(model)
    is_care = bool(entries) and all(entry.basis is inventory.Basis.CARE for entry in entries)
    return is_care or any("" in entry.about.values() for entry in entries)
