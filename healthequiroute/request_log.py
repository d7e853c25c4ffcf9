"""One line when a request begins and one when it ends."""

from django_structlog.middlewares import RequestMiddleware


class RequestLogMiddleware(RequestMiddleware):
    """Names the address without its question: that is where names and postcodes are searched for."""

    @staticmethod
    def format_request(request):
        return f"{request.method} {request.path}"
