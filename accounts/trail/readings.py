"""Which addresses show whom: apps say it once by address, or once for every address that names a thing.

Where what is shown depends on what was asked (the rows of one page of a list), the view calls `audit.record_reading`
itself. `healthequiroute/tests/test_readings.py` asks every address and fails for one that does neither.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .admin_readings import people_on
from .recording import SAME_READING_SECONDS, record_reading

# A colleague's name beside what they decided is looked at all day; once a day says who saw it.
BYLINE_SECONDS = 24 * 60 * 60
# (label of a model, id) of everybody who is shown; ids may be None.
Subjects = Iterable[tuple[str, object]]
# 409 and 422: the page again, with what was refused.
SHOWING = (*range(200, 300), 409, 422)


@dataclass(frozen=True)
class Shown:
    """What an address shows. `find(request, **arguments of the address)` gives the subjects."""

    what: str
    find: Callable[..., Subjects]
    once_in: int = SAME_READING_SECONDS


_by_address: dict[str, Shown | None] = {}
_by_argument: dict[str, Shown] = {}


def address_shows(names: Iterable[str], what: str, find, *, once_in: int = SAME_READING_SECONDS) -> None:
    """Say what addresses of these names show. `what` is a kind of page with words in `words.PAGE_WORDS`."""
    for name in names:
        _by_address[name] = Shown(what, find, once_in)


def address_shows_nobody(names: Iterable[str]) -> None:
    """For addresses that name a thing with people, but show nobody, or that record what they show themselves."""
    for name in names:
        _by_address[name] = None


def argument_shows(argument: str, what: str, find) -> None:
    """Say what every address with this argument (`plan_id`) shows, unless something was said of the address. What was
    said first counts where an address has several.
    """
    _by_argument[argument] = Shown(what, find)


def shown_at(match) -> Shown | None:
    """What the address of a ResolverMatch shows."""
    if match.view_name in _by_address:
        return _by_address[match.view_name]
    return next((shown for name, shown in _by_argument.items() if name in match.kwargs), None)


class ReadingsMiddleware:
    """Records a reading before an answer that shows people leaves. One that cannot be recorded is not given."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        if match and response.status_code in SHOWING and _has_body(response) and request.user.is_authenticated:
            self._record(request, match, response)
        return response

    def _record(self, request, match, response):
        if match.namespace == "admin":
            record_reading(request, "admin", people_on(response))
        elif (shown := shown_at(match)) is not None:
            record_reading(request, shown.what, shown.find(request, **match.kwargs), once_in=shown.once_in)


def _has_body(response) -> bool:
    return response.streaming or bool(response.content)
