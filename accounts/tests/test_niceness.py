"""Workers leave the processors to those who answer requests."""

import os

from huey.contrib.djhuey import HUEY

from accounts.tasks import NICENESS


def niceness_of_a_worker() -> int:
    """What a process has after the worker's hooks of the start; a process of its own, since nobody gets it back."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        HUEY._startup["step_back"]()
        os.write(write, str(os.getpriority(os.PRIO_PROCESS, 0)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    return int(os.read(read, 10))


def test_a_worker_steps_back():
    assert niceness_of_a_worker() >= NICENESS
