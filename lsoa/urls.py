"""Addresses of this app: map tiles. Pages about areas are put together by the portal."""

from django.urls import path

from . import tiles

urlpatterns = [
    path("tiles/areas/<int:vintage>/<int:z>/<int:x>/<int:y>.pbf", tiles.area_tile, name="area-tile"),
]
