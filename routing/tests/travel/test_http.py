"""Time limits, kept connections, and a server that is down being left alone."""

import socket
import threading

import pytest

from routing.travel import CircuitBreaker, JsonClient, TravelUnavailable

PATH = "/nearest/v1/car/-1.9,52.5"


def test_a_slow_server_is_not_waited_for(server, client_of):
    server.mood = "slow"
    with pytest.raises(TravelUnavailable, match="within 0.2 s"):
        client_of(seconds=0.2).get(PATH)


def test_a_server_that_drips_is_not_waited_for():
    """Each part comes in time, the whole does not."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not ended.wait(0.02):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    client = JsonClient(f"http://127.0.0.1:{listener.getsockname()[1]}", seconds=0.3)
    try:
        with pytest.raises(TravelUnavailable, match="within 0.3 s"):
            client.get(PATH)
    finally:
        ended.set()
        thread.join()
        listener.close()
        client.close()


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(TravelUnavailable, match="cannot be reached"):
        JsonClient(f"http://127.0.0.1:{port}").get(PATH)


def test_an_answer_that_is_too_large_is_refused(client_of):
    with pytest.raises(TravelUnavailable, match="larger"):
        client_of(most_bytes=10).get(PATH)


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(server, client_of):
    client = client_of()
    assert client.get(PATH)[0] == 200
    client._local.connection.sock.shutdown(socket.SHUT_RDWR)
    assert client.get(PATH)[0] == 200
    assert server.count("nearest") == 2


@pytest.mark.parametrize("url", ["", "localhost:5000", "ftp://host", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url):
    with pytest.raises(ValueError, match="http"):
        JsonClient(url)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_server_that_is_down_is_left_alone_then_asked_by_one_caller(server, client_of, clock):
    client = client_of(breaker=CircuitBreaker("test", failures=3, seconds=30, clock=clock))
    server.mood = "error"
    for _ in range(10):
        with pytest.raises(TravelUnavailable):
            client.get(PATH)
    assert len(server.headers_seen) == 3, "no storm of requests"
    clock.now = 31
    with pytest.raises(TravelUnavailable, match="503"):
        client.get(PATH)
    with pytest.raises(TravelUnavailable, match="left alone"):
        client.get(PATH)
    assert len(server.headers_seen) == 4, "one trial, and the next after as long again"
    clock.now, server.mood = 62, "ok"
    assert client.get(PATH)[0] == 200
    assert client.get(PATH)[0] == 200


def test_while_one_caller_tries_the_others_wait(clock):
    breaker = CircuitBreaker("test", failures=1, seconds=30, clock=clock)
    breaker.failed()
    clock.now = 31
    breaker.before()
    with pytest.raises(TravelUnavailable):
        breaker.before()
    breaker.succeeded()
    breaker.before()


def test_other_processes_are_told(cache, clock):
    one, other = (CircuitBreaker("osrm", failures=2, seconds=30, clock=clock, shared=cache) for _ in range(2))
    one.failed()
    other.before()
    one.failed()
    with pytest.raises(TravelUnavailable):
        other.before()
    clock.now = 31
    one.before()
    one.succeeded()
    other.before()
