"""Which of the datasets that are loaded figures are derived from. One choice for everybody: what is in force."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from lsoa.models import (
    Area,
    Dataset,
    IndicatorValue,
    PatientDistribution,
    PlaceFigure,
    Practice,
    PracticeList,
    PracticeRegister,
    Vintage,
)
from lsoa.sources.base import Stage

AUTHORITY_PREVALENCE = "commons-lad-prevalence"
PRACTICE_DEPRIVATION = "imd_score"
# Outcomes of areas that prevalence is ranked against; all three go into the health domain of the indices.
OUTCOMES = ("acute_morbidity_ratio", "comparative_illness_ratio", "years_of_potential_life_lost")
INDICATORS = ("population", "imd_score", "imd_decile", *OUTCOMES)


@dataclass(frozen=True)
class RegisterRelease:
    """The registers of one year, in the dataset that stands best among those that hold it."""

    dataset: Dataset
    period: str


@dataclass(frozen=True)
class Inputs:
    """Datasets behind the prevalence of one year; None or empty where nothing of the kind is loaded."""

    registers: RegisterRelease
    lists: Dataset | None
    registered: Dataset | None
    modelled: Dataset | None
    wards: tuple[Dataset, ...]
    networks: tuple[Dataset, ...]
    authorities: Dataset | None
    deprivation: Dataset | None
    indicators: dict[str, Dataset] = field(default_factory=dict)
    places: tuple[Dataset, ...] = ()

    def all(self) -> list[Dataset]:
        """Each dataset once."""
        single = (self.registers.dataset, self.lists, self.registered, self.modelled, self.authorities)
        found = [*single, self.deprivation, *self.wards, *self.networks, *self.indicators.values(), *self.places]
        return list({dataset.pk: dataset for dataset in found if dataset is not None}.values())


def register_releases() -> list[RegisterRelease]:
    """Every year of which registers are loaded, older years first."""
    held = Exists(PracticeRegister.objects.filter(dataset=OuterRef("pk")))
    datasets = _real(Dataset.objects.public().exclude(state=Dataset.State.ROLLED_BACK)).filter(held)
    best: dict[str, tuple] = {}
    for dataset in datasets:
        order = (dataset.standing, dataset.state != Dataset.State.CURRENT, -dataset.loaded_at.timestamp())
        for period in dataset.registers.order_by().values_list("period", flat=True).distinct():
            if period not in best or order < best[period][0]:
                best[period] = (order, dataset)
    return [RegisterRelease(dataset, period) for period, (_, dataset) in sorted(best.items())]


def prevalence_inputs() -> list[Inputs]:
    """What the prevalence of each year is made from, older years first; nothing without registers, areas or
    practices."""
    releases = register_releases()
    places = place_datasets()
    if not releases or not Area.objects.filter(vintage=Vintage.CENSUS_2021, is_synthetic=False).exists():
        return []
    if not Practice.objects.exists():
        return []
    registered, modelled, wards, networks = _distributions()
    by_age = PracticeList.objects.filter(dataset=OuterRef("pk"), female__isnull=False)
    common = {
        "lists": _newest(_in_force().filter(Exists(by_age))),
        "registered": registered,
        "modelled": modelled,
        "wards": wards,
        "networks": networks,
        "authorities": _newest(_in_force().filter(publication=AUTHORITY_PREVALENCE)),
        "deprivation": _practice_deprivation(),
        "indicators": {code: dataset for code in INDICATORS if (dataset := behind_indicator(code)) is not None},
        "places": places,
    }
    return [Inputs(registers=release, **common) for release in releases]


def place_datasets() -> tuple[Dataset, ...]:
    """Datasets that areas, their look-ups and practices come from."""
    from lsoa.sources.registry import SOURCES

    lookups = [source.key for source in SOURCES if source.stage == Stage.LOOKUPS]
    real_areas = Area.objects.filter(vintage=Vintage.CENSUS_2021, is_synthetic=False)
    ids = set(real_areas.order_by().values_list("dataset", flat=True).distinct())
    ids |= set(Practice.objects.order_by().values_list("dataset", flat=True).distinct())
    ids |= set(_in_force().filter(publication__in=lookups).values_list("pk", flat=True))
    return tuple(_real(Dataset.objects.filter(pk__in=ids)).order_by("publication", "pk"))


def behind_indicator(code: str) -> Dataset | None:
    """The dataset whose figures of an indicator are taken for areas of 2021: chosen by a person, else the newest."""
    values = IndicatorValue.objects.filter(
        dataset=OuterRef("pk"), indicator__code=code, area__vintage=Vintage.CENSUS_2021
    )
    found = _in_force().filter(Exists(values))
    return found.order_by("-is_pinned", "-release", "standing", "-loaded_at").first()


def _in_force():
    return _real(Dataset.objects.in_force().public())


def _real(datasets):
    return datasets.exclude(standing=Dataset.Standing.SYNTHETIC)


def _newest(datasets) -> Dataset | None:
    return datasets.order_by("-is_pinned", "-release", "standing", "-loaded_at").first()


def _practice_deprivation() -> Dataset | None:
    figures = PlaceFigure.objects.filter(dataset=OuterRef("pk"), indicator=PRACTICE_DEPRIVATION, place_kind="practice")
    return _newest(_in_force().filter(Exists(figures)))


def _distributions():
    """(registered patients, modelled ones, ward shares, patients of networks)"""
    kinds = PatientDistribution.PlaceKind
    held = Exists(PatientDistribution.objects.filter(dataset=OuterRef("pk")))
    registered, modelled, wards, networks = [], [], [], []
    for dataset in _in_force().filter(held).order_by("-release", "-loaded_at"):
        first = dataset.distributions.first()
        if first.holder_kind == PatientDistribution.Holder.NETWORK:
            networks.append(dataset)
        elif first.place_kind == kinds.WARD:
            wards.append(dataset)
        elif dataset.standing >= Dataset.Standing.ASSEMBLED:
            modelled.append(dataset)
        else:
            registered.append(dataset)
    first_of = next(iter(registered), None), next(iter(modelled), None)
    return *first_of, tuple(wards), tuple(sorted(networks, key=lambda dataset: dataset.publication))
