"""The ports that tests and measurements give to servers."""

from pathlib import Path

import pytest

from tests.ports import free_port

GIVEN_TO_CONNECTIONS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_no_port_is_given_twice() -> None:
    assert len({free_port() for _ in range(200)}) == 200


@pytest.mark.skipif(not GIVEN_TO_CONNECTIONS.exists(), reason="only Linux says which ports its connections get")
def test_no_connection_takes_the_port_of_a_server_that_is_down() -> None:
    lowest, highest = map(int, GIVEN_TO_CONNECTIONS.read_text("utf-8").split())
    assert all(not lowest <= free_port() <= highest for _ in range(50))
