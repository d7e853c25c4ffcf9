"""A process that searches parts of plans, one after the other, until its parent closes the line or is gone."""

import os
import sys
from multiprocessing.connection import Connection

from routing.planning.decomposition.work import search


def main(descriptor: int, parent: int):
    """Reads requests from the socket and answers them. Ends with the parent, also in the middle of a search."""
    connection = Connection(descriptor)
    while True:
        try:
            request = connection.recv()
        except EOFError:
            return
        answer = search(request, lambda: os.getppid() != parent)
        try:
            connection.send(answer)
        except OSError:
            return


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
