"""Areas, datasets, indicators and patches for tests. Areas are unit squares of a hundredth of a degree in a row."""

import factory
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from accounts.tests.factories import OrganisationFactory
from lsoa.models import Area, Dataset, Indicator, IndicatorValue, Patch, Postcode


class DatasetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Dataset

    publication = factory.Sequence(lambda n: f"publication-{n}")
    title = "A publication"
    publisher = "A publisher"
    release = "2021"
    licence = "Open Government Licence v3.0"
    vintage = 2021
    standing = Dataset.Standing.OFFICIAL
    file_name = "file.csv"
    file_sha256 = factory.Sequence(lambda n: f"{n:064x}")


class AreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Area

    code = factory.Sequence(lambda n: f"E01{n:06d}")
    vintage = 2021
    # Far from the dense indexes that the loader gives from 0 on: a test may use both.
    index = factory.Sequence(lambda n: 10_000 + n)
    name = factory.Sequence(lambda n: f"Testford {n:03d}A")
    local_authority_code = "E08000001"
    local_authority_name = "Testford"
    icb_code = "E54000001"
    icb_name = "NHS Testshire Integrated Care Board"
    dataset = factory.SubFactory(DatasetFactory)

    @factory.lazy_attribute_sequence
    def geometry(self, n):
        west = -2 + (n % 300) / 100
        return MultiPolygon(Polygon.from_bbox((west, 52, west + 0.01, 52.01)), srid=4326)

    @factory.lazy_attribute
    def centroid(self):
        return Point(*self.geometry.point_on_surface.coords, srid=4326)


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Indicator
        django_get_or_create = ["code"]

    code = "imd_decile"
    name = "Index of Multiple Deprivation decile"
    unit = "decile"
    polarity = Indicator.Polarity.LOW_IS_NEED
    source = "A publisher"


class IndicatorValueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IndicatorValue

    area = factory.SubFactory(AreaFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    dataset = factory.SubFactory(DatasetFactory)
    period = "2025"
    value = 1.0


class PatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Patch
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Patch {n}")
    slug = factory.Sequence(lambda n: f"patch-{n}")

    @factory.post_generation
    def areas(self, create, extracted, **kwargs):
        if create and extracted:
            self.areas.add(*extracted)


class PostcodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Postcode

    postcode = factory.Sequence(lambda n: f"ZZ{n // 10 % 90 + 1} {n % 10}AA")
    area_method = "published"
    point = Point(-1.9, 52.4, srid=4326)
    introduced = 198001
    dataset = factory.SubFactory(DatasetFactory)
