"""What the database itself keeps true."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from lsoa.models import Area, AreaChange, Dataset, Indicator, IndicatorValue, ProfileState

from .factories import AreaFactory, DatasetFactory, IndicatorValueFactory, PatchFactory

pytestmark = pytest.mark.django_db


def refused(action):
    with pytest.raises(IntegrityError), transaction.atomic():
        action()


@pytest.mark.parametrize("code", ["E0100090", "E02000001", "S01000001", "e01000901"])
def test_an_area_has_the_code_of_an_lsoa(code):
    refused(lambda: AreaFactory(code=code))


def test_code_and_index_are_unique_within_a_vintage():
    area = AreaFactory()
    refused(lambda: AreaFactory(code=area.code))
    refused(lambda: AreaFactory(index=area.index))
    AreaFactory(code=area.code, index=area.index, vintage=2011)


def test_a_value_is_a_finite_number_or_a_reason():
    value = IndicatorValueFactory()
    rows = IndicatorValue.objects.filter(pk=value.pk)
    refused(lambda: rows.update(value=None))
    refused(lambda: rows.update(missing_reason="blank"))
    for odd in (float("nan"), float("inf"), float("-inf")):
        refused(lambda odd=odd: rows.update(value=odd))
    assert rows.update(value=None, missing_reason="suppressed") == 1


def test_a_dataset_gives_an_area_one_value_per_indicator():
    value = IndicatorValueFactory()
    refused(lambda: IndicatorValueFactory(area=value.area, dataset=value.dataset, indicator=value.indicator))


@pytest.mark.parametrize("field", ["area_id", "indicator_id"])
def test_a_value_refers_to_rows_that_exist(field):
    value = IndicatorValueFactory()
    refused(lambda: IndicatorValue.objects.filter(pk=value.pk).update(**{field: 987654321}))


def test_values_are_not_orphaned_by_a_deletion():
    value = IndicatorValueFactory()
    refused(lambda: Indicator.objects.filter(pk=value.indicator_id)._raw_delete("default"))
    refused(lambda: Dataset.objects.filter(pk=value.dataset_id)._raw_delete("default"))
    refused(lambda: Area.objects.filter(pk=value.area_id)._raw_delete("default"))
    # Through the ORM a dataset takes its values with it.
    value.dataset.delete()
    assert not IndicatorValue.objects.exists()


def test_one_dataset_of_a_publication_and_extent_is_in_force():
    dataset = DatasetFactory()
    refused(lambda: DatasetFactory(publication=dataset.publication))
    DatasetFactory(publication=dataset.publication, state=Dataset.State.SUPERSEDED)
    DatasetFactory(publication=dataset.publication, extent="Leeds")
    refused(lambda: DatasetFactory(file_sha256="not a hash"))


def test_weights_of_changes_are_shares():
    dataset = DatasetFactory()
    refused(
        lambda: AreaChange.objects.create(
            code_2011="E01000001", code_2021="E01000001", kind="U", weight=1.2, dataset=dataset
        )
    )


def test_the_short_name_of_a_patch_is_unique_in_its_organisation():
    patch = PatchFactory()
    refused(lambda: PatchFactory(organisation=patch.organisation, slug=patch.slug))
    PatchFactory(slug=patch.slug)


def test_the_application_collects_statistics_only_through_functions():
    with connection.cursor() as cursor:
        cursor.execute("SELECT analyse_open_data(), analyse_profiles()")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("CREATE INDEX ON lsoa_areaprofile (origin_id)")


def test_the_state_of_the_profile_is_one_row():
    refused(lambda: ProfileState.objects.create(id=2, area_ids=b""))
