"""What every request must be before anything looks at it."""

from django.core.exceptions import BadRequest


class ReadableAddressMiddleware:
    """Answers 400 to addresses with a NUL character in path or query.

    No name, code or search text holds one, PostgreSQL stores none, and a filter that let it through would end in a
    server error.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL character.")
        return self.get_response(request)
