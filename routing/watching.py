"""A search that runs in the background, and its job."""

import time

from accounts.jobs import JobRun


class Watch:
    """Tells the job now and then how far the search is (percent between `first` and `last` over so many `seconds`), and
    hears whether somebody asked for the end.

    The search asks from inside foreign code, where an exception would be lost: it is kept, the search is asked to stop,
    and `raise_kept` lets it out.
    """

    def __init__(self, run: JobRun, message: str, *, seconds: float, every: float, first: int = 0, last: int = 99):
        self.run, self.message, self.seconds, self.every = run, message, seconds, every
        self.first, self.last = first, last
        self.began = self.reported = time.monotonic()
        self.kept: Exception | None = None

    def should_stop(self) -> bool:
        now = time.monotonic()
        if self.kept is None and now - self.reported >= self.every:
            self.reported = now
            done = min(1, (now - self.began) / self.seconds)
            try:
                self.run.progress(round(self.first + (self.last - self.first) * done), self.message)
            except Exception as error:
                self.kept = error
        return self.kept is not None

    def raise_kept(self):
        if self.kept is not None:
            raise self.kept
