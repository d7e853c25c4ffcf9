"""Addresses of this app: map tiles, and the pages about data. Pages about areas are put together by the portal."""

from django.urls import path

from . import orientation, tiles
from .views import datasets, feeds, figures, methods, own_indicators, quality, uploads

urlpatterns = [
    path("tiles/areas/<int:vintage>/<int:z>/<int:x>/<int:y>.pbf", tiles.area_tile, name="area-tile"),
    path("tiles/places/<int:vintage>.json", orientation.map_places, name="map-places"),
    path("data/", datasets.datasets, name="data"),
    path("data/datasets/<uuid:pk>/", datasets.dataset, name="dataset"),
    path("data/datasets/<uuid:pk>/rejects/", datasets.rejects, name="dataset-rejects"),
    path("data/datasets/<uuid:pk>/rejects.csv", datasets.rejects_csv, name="dataset-rejects-csv"),
    path("data/datasets/<uuid:pk>/figures.csv", datasets.figures_csv, name="dataset-figures-csv"),
    path("data/datasets/<uuid:pk>/put-in-force/", datasets.put_in_force, name="dataset-put-in-force"),
    path("data/datasets/<uuid:pk>/unpin/", datasets.unpin, name="dataset-unpin"),
    path("data/figures/<slug:code>/<str:area_code>/", figures.figure, name="figure"),
    path("data/indicators/", figures.indicators, name="indicators"),
    path("data/indicators/<slug:code>/", figures.indicator, name="indicator"),
    path("data/methods/prevalence/", methods.prevalence, name="methods"),
    path("data/quality/", quality.quality, name="data-quality"),
    path("data/quality/check/", quality.check_now, name="data-check"),
    path("data/quality/alerts/<uuid:pk>/acknowledge/", quality.acknowledge, name="alert-acknowledge"),
    path("data/load/", uploads.load_data, name="load-data"),
    path("data/load/<uuid:pk>/", uploads.upload, name="load-data-upload"),
    path("data/load/<uuid:pk>/start/", uploads.start, name="load-data-start"),
    path("data/load/<uuid:pk>/discard/", uploads.discard, name="load-data-discard"),
    path("data/own/", own_indicators.own_indicators, name="own-indicators"),
    path("data/own/add/", own_indicators.add, name="own-indicator-add"),
    path("data/own/preview/<uuid:pk>/", own_indicators.preview, name="own-indicator-preview"),
    path("data/own/<slug:code>/replace/", own_indicators.replace, name="own-indicator-replace"),
    path("data/own/<slug:code>/take-back/", own_indicators.take_back, name="own-indicator-take-back"),
    path("data/own/<slug:code>/delete/", own_indicators.delete, name="own-indicator-delete"),
    path("data/feeds/", feeds.feeds, name="feeds"),
    path("data/feeds/panel/", feeds.panel, name="feeds-panel"),
    path("data/feeds/add/", feeds.add, name="feed-add"),
    path("data/feeds/<uuid:pk>/", feeds.edit, name="feed-edit"),
    path("data/feeds/<uuid:pk>/switch/", feeds.switch, name="feed-switch"),
    path("data/feeds/<uuid:pk>/collect/", feeds.collect, name="feed-collect"),
]
