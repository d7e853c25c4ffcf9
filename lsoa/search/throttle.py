"""How often one person may search: typing asks several times a second, a script that empties the gazetteer does not."""

from rest_framework.throttling import UserRateThrottle


class SearchThrottle(UserRateThrottle):
    """One limit for the page, its suggestions and the API."""

    scope = "search"
    rate = "600/min"
