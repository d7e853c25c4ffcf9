"""Writes of saved views, and of what somebody has seen."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit

from ..models import DefaultView, SavedView, SeenMarker, ViewPage
from .addresses import tidy

MOST_VIEWS = 200
MOST_LETTERS = SavedView._meta.get_field("name").max_length
TAKEN = "You have a view of this name already. Choose another name."


@transaction.atomic
def save_view(*, organisation, page: str, query: str, name: str, is_shared: bool = False, by) -> SavedView:
    """Keep an address under a name. ValidationError with a sentence by field."""
    if organisation is None:
        raise ValidationError({"name": "Views are kept with an organisation, and you belong to none."})
    name = _name(name)
    if len(SavedView.objects.for_organisation(organisation).of(by).values_list("pk")[:MOST_VIEWS]) == MOST_VIEWS:
        raise ValidationError({"name": f"You have {MOST_VIEWS} saved views. Delete some first."})
    try:
        page = ViewPage(page)
        query = tidy(page, query)
    except (ValueError, ValidationError) as error:
        words = error.messages if isinstance(error, ValidationError) else ["This page cannot be saved."]
        raise ValidationError({"query": words}) from error
    view = SavedView(organisation=organisation, owner=by, page=page, query=query, name=name, is_shared=is_shared)
    _write(view)
    details = {"page": page.value, "is_shared": is_shared}
    audit.record(action="view.saved", by=by, organisation=organisation, target=view, details=details)
    return view


@transaction.atomic
def change_view(*, view: SavedView, by, name: str | None = None, is_shared: bool | None = None) -> SavedView:
    """Rename one's own view, or share it, or keep it to oneself again. ValidationError as above."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    before = (view.name, view.is_shared)
    view.name = view.name if name is None else _name(name)
    view.is_shared = view.is_shared if is_shared is None else is_shared
    if (view.name, view.is_shared) == before:
        return view
    _write(view)
    if before[1] and not view.is_shared:
        # Colleagues can no longer open it.
        DefaultView.objects.filter(view=view).exclude(user=view.owner_id).delete()
    details = {"renamed": view.name != before[0], "is_shared": view.is_shared}
    audit.record(action="view.changed", by=by, organisation=view.organisation, target=view, details=details)
    return view


@transaction.atomic
def delete_view(*, view: SavedView, by) -> None:
    details = {"page": view.page, "is_shared": view.is_shared}
    audit.record(action="view.deleted", by=by, organisation=view.organisation, target=view, details=details)
    view.delete()


@transaction.atomic
def open_first(*, view: SavedView, by) -> None:
    """The page of the view opens with it for this person from now on."""
    DefaultView.objects.update_or_create(
        user=by, organisation=view.organisation, page=view.page, defaults={"view": view}
    )
    audit.record(action="view.default_set", by=by, organisation=view.organisation, target=view)


@transaction.atomic
def open_plainly(*, organisation, page: str, by) -> None:
    """No view opens first any more."""
    gone, _ = DefaultView.objects.for_organisation(organisation).of(by).filter(page=page).delete()
    if gone:
        details = {"page": str(page)}
        audit.record(action="view.default_cleared", by=by, organisation=organisation, details=details)


@transaction.atomic
def mark_as_seen(*, organisation, by) -> SeenMarker:
    """What changed up to now has been seen."""
    marker, _ = SeenMarker.objects.select_for_update().get_or_create(user=by, organisation=organisation)
    marker.seen_before, marker.seen_at = marker.seen_at, timezone.now()
    marker.save()
    audit.record(action="news.seen", by=by, organisation=organisation)
    return marker


@transaction.atomic
def take_seen_back(*, organisation, by) -> None:
    """As it was before; once, since no more is known."""
    marker = SeenMarker.objects.select_for_update().for_user(by, organisation).first()
    if marker is None or marker.seen_at == marker.seen_before:
        return
    marker.seen_at = marker.seen_before
    marker.save()
    audit.record(action="news.unseen", by=by, organisation=organisation)


def _name(text: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not name:
        raise ValidationError({"name": "Enter a name for the view."})
    if len(name) > MOST_LETTERS:
        raise ValidationError({"name": f"The name must be {MOST_LETTERS} characters or fewer."})
    return name


def _write(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "saved_view_name_once_per_person" in str(error):
            raise ValidationError({"name": TAKEN}) from error
        raise
