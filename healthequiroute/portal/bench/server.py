"""The portal that is measured: one that runs, or one that is started against a given database and leaves it there."""

import os
from pathlib import Path
from secrets import token_hex

from healthequiroute.testing.portal import Portal, stop

# One machine stands for twenty: limits by address are for others.
ENOUGH = "1000000"


class Given:
    """A portal that somebody else looks after."""

    processes: tuple[int, ...] = ()
    is_fresh = False

    def __init__(self, url: str):
        self.url = url.rstrip("/")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


class Started(Portal):
    """Web server and worker of our own against a database that stays as it is; the cache is empty at first."""

    is_fresh = True

    def __init__(self, database: str, logs: Path):
        settings = {
            "CACHE_KEY_PREFIX": f"bench-{token_hex(4)}",
            "HUEY_NAME": f"bench-{database}",
            "PAGE_LIMIT_ADDRESS": ENOUGH,
            "PAGE_LIMIT_PERSON": ENOUGH,
        }
        super().__init__(database=database, logs=logs, settings=settings)

    def __enter__(self):
        try:
            self.start_worker()
            self.start_server()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *exc):
        # Unlike a test's portal it did not make the database, so it does not drop it.
        for process in (self.server, self.worker):
            stop(process)

    @property
    def processes(self) -> tuple[int, ...]:
        """The processes that answer requests."""
        return tuple(map(int, Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()))


def processor_seconds(processes) -> float:
    """Time on a processor that these processes have used so far; PostgreSQL's is not among it."""
    ticks = os.sysconf("SC_CLK_TCK")
    used = 0.0
    for process in processes:
        # The name stands in brackets and may hold spaces.
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / ticks
    return used
