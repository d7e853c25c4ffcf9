"""The dataset's row: whether the file is known already, what it takes the place of, and what it is made from."""

from lsoa.models import Area, Dataset
from lsoa.sources.base import Release

from .values import OTHER_AREAS


def already_loaded(source, material, release: Release, scope) -> Dataset | None:
    """The dataset that this very file made, unless what it was derived from has changed since, or boundaries have come
    that some of its rows were waiting for."""
    return _still_good(scope.datasets(source.key).filter(file_sha256=material.sha256), release)


def same_figures(source, content: str, release: Release, extent: str, scope) -> Dataset | None:
    """The dataset of the same release and extent that says exactly the same and stands at least as well."""
    same = scope.datasets(source.key).filter(
        release=release.release, extent=extent, content_sha256=content, standing__lte=release.standing
    )
    return _still_good(same, release)


def _still_good(datasets, release) -> Dataset | None:
    dataset = datasets.order_by("state", "-loaded_at").first()
    if dataset is None or list(release.derived_from) != dataset.quality.get("derived_from", []):
        return None
    if OTHER_AREAS in dataset.quality.get("skipped", {}) and _boundaries_came_after(dataset):
        return None
    return dataset


def _boundaries_came_after(dataset) -> bool:
    return Area.objects.filter(dataset__loaded_at__gt=dataset.loaded_at).exists()


def standing_order(release: str, standing: int) -> tuple:
    """Later is better: the newer release, then the better standing (architecture: official before converted ...)."""
    return release, -standing


def create_dataset(*, source, material, release: Release, extent: str, content: str, vintage, scope, by):
    """The dataset's row; it takes the place of the one in force unless that one is pinned, newer or stands better."""
    current = scope.in_force(source.key, extent)
    history = ""
    if current is not None and current.is_pinned:
        history = f"kept as history: {current.release} was put in force by a person and stays"
    elif current is not None and standing_order(current.release, current.standing) > standing_order(
        release.release, release.standing
    ):
        history = "an older release: kept as history, the newer one stays in force"
        if current.release == release.release:
            history = f"kept as history: {current.file_name} holds the same release and stands better"
    elif current is not None:
        current.state = Dataset.State.SUPERSEDED
        current.save(update_fields=["state"])
    dataset = Dataset.objects.create(
        publication=source.key,
        title=release.title,
        publisher=release.publisher,
        release=release.release,
        extent=extent,
        licence=release.licence,
        vintage=vintage,
        standing=release.standing,
        is_provisional=release.is_provisional,
        organisation=scope.organisation,
        method=release.method,
        file_name=material.name[:200],
        file_sha256=material.sha256,
        content_sha256=content,
        state=Dataset.State.SUPERSEDED if history else Dataset.State.CURRENT,
        loaded_by=by if hasattr(by, "email") else None,
    )
    inputs = getattr(material, "inputs", ())
    if inputs:
        dataset.inputs.set(inputs)
    return dataset, history


class Scope:
    """Whose datasets a load belongs to and stands beside: open data or an organisation's, whole or of a patch."""

    def __init__(self, *, organisation=None, patch=None):
        self.organisation, self.patch = organisation, patch

    def datasets(self, publication: str):
        """Datasets of the publication that were not taken back."""
        found = Dataset.objects.filter(publication=publication, organisation=self.organisation)
        found = found.exclude(state=Dataset.State.ROLLED_BACK)
        if self.patch is None:
            return found.exclude(extent__startswith="Patch ")
        return found.filter(extent=self.patch_extent())

    def in_force(self, publication: str, extent: str) -> Dataset | None:
        found = Dataset.objects.in_force().filter(publication=publication, extent=extent)
        return found.filter(organisation=self.organisation).first()

    def patch_extent(self) -> str:
        return f"Patch {self.patch.slug} of {self.patch.organisation.name}"[:100]
