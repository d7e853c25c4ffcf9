"""Django's ASGI handler, with everything that answers a request called in one thread, and once.

Django's own runs each middleware's look at the view, the view and what comes after it from the event loop, one after
the other: of synchronous code each is a hop into the request's thread and back, a dozen for a page. A hop costs a
third of a millisecond, and where another request computes at the same time each way waits for Python's lock, up to
5 ms (docs/pages-bench.md). Here the loop hands a request over and gets an answer. What an answer sends bit by bit still
comes from the loop, so a stream costs no thread.
"""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """For a portal whose views and middleware are synchronous; one that is not still works, at the cost of a hop."""

    def load_middleware(self, is_async=True):
        # ASGIHandler asks for a chain that is called from the loop.
        super().load_middleware(is_async=False)

    async def get_response_async(self, request):
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
