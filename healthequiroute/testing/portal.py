"""A whole portal for tests: its own database with the demo data, a web server and a worker as real processes.

Static files are those that `make assets` collected.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
from django.utils import timezone
from psycopg import sql

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# A demand on nobody's machine: several portals may be starting at once.
START_SECONDS = 240
SERVE = "from healthequiroute.testing.programs import serve; serve()"
# A worker that does not come to its turn for a while is busy, not dead.
WORKERS = ["--workers=2", "--timeout=180"]
SEEDED_ON = """
SELECT details ->> 'day' FROM accounts_auditevent WHERE action = 'demo.seeded' ORDER BY sequence DESC LIMIT 1
"""


class PortalDidNotStart(RuntimeError):
    """The server never became ready; the message ends with its log."""


class Portal:
    """Starts and stops the parts. Use as a context manager; `url` is the address, `worker` the Huey process."""

    def __init__(self, *, database: str, logs: Path, settings: dict[str, str] | None = None):
        self.database = database
        self.logs = logs
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server: subprocess.Popen | None = None
        self.worker: subprocess.Popen | None = None
        self.programs: subprocess.Popen | None = None
        self.environment = os.environ | {
            "DATABASE_NAME": database,
            "DATABASE_AS_OWNER": "false",
            "DEMO_MODE": "true",
            "DEBUG": "false",
            "HUEY_IMMEDIATE": "false",
            # A queue and cache of its own: workers of other test runs must not take its tasks.
            "HUEY_NAME": database,
            "CACHE_KEY_PREFIX": database,
            "AUDIT_SEAL_DIRECTORY": str(logs / "seals"),
            "AUDIT_SEAL_KEY": str(logs / "audit-seal.key"),
            **(settings or {}),
        }

    def __enter__(self):
        try:
            self._create_database()
            self.start_worker()
            self.start_server()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *exc):
        if self.programs is not None:
            self.programs.stdin.close()
            self.programs.stdout.close()
        for process in (self.server, self.worker, self.programs):
            stop(process)
        with self._as_owner() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.database)))

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a management command against this portal's database; returns standard output. Fails the test on error."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment | environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def run(self, program: str) -> str:
        """What a Python program prints that runs with this portal's database and settings. Fails the test on error."""
        if self.programs is None:
            self.programs = self._start_programs()
        self.programs.stdin.write(json.dumps(program) + "\n")
        self.programs.stdin.flush()
        line = self.programs.stdout.readline()
        assert line, f"The process that runs programs ended:\n{self.log('programs')}"
        answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer["printed"]

    def _start_programs(self):
        command, pipe = [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", SERVE], subprocess.PIPE
        with (self.logs / "programs.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=self.environment,
                stdin=pipe,
                stdout=pipe,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def row(self, statement: str) -> tuple:
        """The first row that a query of this portal's database finds; None where there is none."""
        with self._as_owner(self.database) as connection:
            return connection.execute(statement).fetchone()

    def start_worker(self):
        self.worker = self._start("worker", [sys.executable, "manage.py", "run_huey", "--workers=2"])

    def kill_worker(self):
        """The hard way, as a crashed machine would: no handler runs."""
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()

    def kill_server_workers(self):
        """Every open connection breaks; the server starts new workers by itself."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    def start_server(self):
        command = ["-m", "gunicorn", "--config=infrastructure/gunicorn.py", "healthequiroute.asgi:application"]
        self.server = self._start("server", [sys.executable, *command, f"--bind=127.0.0.1:{self.port}", *WORKERS])
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.server.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=20) as answer:
                    if answer.status == 200:
                        return
            except OSError:  # refused, reset, timed out, or 503
                self._wait(0.2)
        raise PortalDidNotStart(self.log("server") + self.log("worker"))

    def log(self, name: str) -> str:
        path = self.logs / f"{name}.log"
        return path.read_text()[-5000:] if path.exists() else ""

    def _wait(self, seconds):
        """Let the server get on; ends at once when it dies."""
        try:
            self.server.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def _start(self, name, command):
        with (self.logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def _create_database(self):
        """With the demo world of today: a copy of the one that `make test` has seeded for all portals, else its own."""
        seeded = os.environ.get("DATABASE_SEEDED", "")
        if seeded:
            self._copy_database(seeded)
            # Midnight may pass between that and now: plans and shifts begin on the day of the seed.
            if self.row(SEEDED_ON) == (timezone.localdate().isoformat(),):
                return
        self._copy_database(os.environ.get("DATABASE_TEMPLATE", "her_template"))
        self.manage("migrate", "--verbosity=0", DATABASE_AS_OWNER="true")
        self.manage("seed_demo")

    def _copy_database(self, template: str):
        name = sql.Identifier(self.database)
        with self._as_owner() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template)))

    def _as_owner(self, database="postgres"):
        from django.conf import settings

        default = settings.DATABASES["default"]
        return psycopg.connect(
            host=default["HOST"],
            port=default["PORT"],
            user=settings.DATABASE_OWNER_ROLE,
            dbname=database,
            autocommit=True,
        )


def stop(process):
    """Ask the process and its children to end; make them after 15 s."""
    if process is None or process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
