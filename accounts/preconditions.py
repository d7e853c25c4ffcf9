"""If-Match (RFC 9110, 13.1.1; RFC 6585): nobody undoes what somebody else changed since they looked.

A thing's ETag is made of what the API says of it. All of ours are weak, since compressed or not they say the same;
If-Match compares what is between the quotes (docs/api.md), where the letter of the standard would let no weak one in.
"""

from hashlib import md5

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

HEADER = "If-Match"
_EXAMPLE = OpenApiExample("As the thing was answered", 'W/"5d41402abc4b2a76b9719d911017c592"')


class Changed(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "Precondition failed."
    default_code = "precondition_failed"


class Unconditional(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "Precondition required."
    default_code = "precondition_required"


def if_match(*, required: bool = False) -> OpenApiParameter:
    """The header, for the description of an operation."""
    text = "ETag of the thing that was looked at; `*` for any. When it is another one by now, nothing happens (412)."
    return OpenApiParameter(
        HEADER, str, OpenApiParameter.HEADER, required=required, description=text, examples=[_EXAMPLE]
    )


def etag_of(told) -> str:
    """Of what a serializer says of a thing."""
    return f'W/"{md5(JSONRenderer().render(told), usedforsecurity=False).hexdigest()}"'


def names(header: str, etag: str) -> bool:
    """Whether a header of conditions has this ETag, or any (`*`); compared weakly."""
    named = parse_etags(header)
    return "*" in named or etag.removeprefix("W/") in {each.removeprefix("W/") for each in named}


def with_etag(response: Response) -> Response:
    """The answer, which says all of one thing, with the thing's ETag."""
    response["ETag"] = etag_of(response.data)
    return response


def is_conditional(request) -> bool:
    return HEADER in request.headers


def check(request, told, *, required: bool = False) -> None:
    """`told`: what a serializer says of the thing now, which is locked. Changed (412) when If-Match has another ETag,
    Unconditional (428) without the header where it is `required`.
    """
    if not is_conditional(request):
        if required:
            raise Unconditional("Ask for it, and send its ETag as If-Match with the change.")
        return
    if not names(request.headers[HEADER], etag_of(told)):
        raise Changed("It was changed meanwhile: ask for it again.")
