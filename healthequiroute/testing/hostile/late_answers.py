"""Answers that come late, and not in the order in which they were asked for."""

import asyncio
import random

from asgiref.sync import markcoroutinefunction

from . import seed

USUAL, LONG = (0.0, 0.15), (0.3, 1.2)  # seconds
LONG_SHARE = 0.2


class LateAnswersMiddleware:
    """Before everything else: pages, parts of pages, files and tiles."""

    async_capable, sync_capable = True, False

    def __init__(self, get_response):
        self.get_response = get_response
        self.dice = random.Random(seed())
        # What Django asks of a middleware that is awaited.
        markcoroutinefunction(self)

    async def __call__(self, request):
        answer = await self.get_response(request)
        bounds = LONG if self.dice.random() < LONG_SHARE else USUAL
        await asyncio.sleep(self.dice.uniform(*bounds))
        return answer
