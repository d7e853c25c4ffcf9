"""A Redis server for tests of what happens when it goes away, or comes back."""

import subprocess

import redis


class OwnRedis:
    """A Redis of this test alone, which can be stopped and started."""

    def __init__(self, folder):
        self.folder, self.socket, self.process = folder, folder / "redis.sock", None
        self.client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)

    def start(self):
        command = ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder)]
        command += ["--save", "300 1", "--appendonly", "no"]  # as infrastructure/local/redis.sh and compose.yaml
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        while "eady to accept connections" not in (line := self.process.stdout.readline()):
            assert line, "redis-server ended"

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.communicate()
        self.process = None
