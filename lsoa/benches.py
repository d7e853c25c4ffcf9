"""Subjects of `manage.py bench` that this app measures."""

BENCHES = {
    "load": "lsoa.load_bench",
    "tiles": "lsoa.tile_bench",
    "search": "lsoa.search_bench",
    "postcodes": "lsoa.postcode_bench",
}
