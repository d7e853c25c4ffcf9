"""In which order people meet themes and indicators, and how long lists of them stay findable."""

from lsoa.catalogue import CATALOGUE
from lsoa.catalogue.order import KEY_INDICATORS, OTHER_THEME, THEMES, by_theme, theme_place

from .factories import IndicatorFactory


def test_every_known_indicator_has_a_theme_with_a_place():
    assert {definition.theme for definition in CATALOGUE.values()} == set(THEMES)
    assert set(KEY_INDICATORS) <= set(CATALOGUE)


def test_names_of_known_indicators_tell_them_apart():
    names = [definition.name for definition in CATALOGUE.values()]
    assert len(names) == len(set(names))


def test_themes_come_as_listed_then_unknown_ones_then_figures_without():
    assert sorted(["", "Zoos", "Homes", "Deprivation"], key=theme_place) == ["Deprivation", "Homes", "Zoos", ""]


def test_ages_stand_in_order_and_not_in_that_of_the_alphabet():
    wanted = [CATALOGUE[code] for code in ("age10_14_share", "age5_9_share", "age0_4_share", "imd_decile")]
    groups = by_theme(wanted)
    assert [theme for theme, _ in groups] == ["Deprivation", "Population"]
    assert [row.code for row in groups[1][1]] == ["age0_4_share", "age5_9_share", "age10_14_share"]


def test_the_list_of_indicators_is_searched_by_meaning_theme_and_source(client_as, db):
    IndicatorFactory(code="x1", name="Sugar", description="Diabetes and more", theme="Health", source="A survey")
    IndicatorFactory(code="x2", name="Rooms", description="", theme="", source="Census of rooms")
    client = client_as("viewer")
    for words, shown, hidden in (
        ("diabetes", "Sugar", "Rooms"),
        ("census", "Rooms", "Sugar"),
        ("health", "Sugar", "Rooms"),
    ):
        page = client.get("/data/indicators/", {"q": words}).content.decode()
        assert f">{shown}</a>" in page and f">{hidden}</a>" not in page
    page = client.get("/data/indicators/").content.decode()
    assert page.index("Health") < page.index(OTHER_THEME)
    assert "No indicator has these words" in client.get("/data/indicators/", {"q": "unheard of"}).content.decode()


def test_a_long_list_is_folded_and_a_search_unfolds_it(client_as, db):
    for number in range(30):
        IndicatorFactory(code=f"many{number}", name=f"Figure {number}", theme="Homes")
    client = client_as("viewer")
    assert '<details class="her-fold">' in client.get("/data/indicators/").content.decode()
    assert '<details class="her-fold" open>' in client.get("/data/indicators/", {"q": "figure"}).content.decode()
