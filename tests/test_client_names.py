"""The client's name: DNS is asked once in a request, and believed only as far as HostnameLookups says."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from modpy_wsgi import constants
from modpy_wsgi.testing import request

DOUBLE = constants.REMOTE_DOUBLE_REV


class Dns:
    """A name service that counts: addresses to names, names to addresses."""

    def __init__(self, names: dict[str, str], addresses: dict[str, str]) -> None:
        self.names, self.addresses, self.asked = names, addresses, 0

    def name(self, address: str) -> tuple[str, list[str], list[str]]:
        self.asked += 1
        if address not in self.names:
            raise socket.herror(1, "Unknown host")
        return self.names[address], [], [address]

    def address(self, name: str, port: Any) -> list[Any]:
        self.asked += 1
        if name not in self.addresses:
            raise UnicodeError("label empty or too long")
        return [(2, 1, 6, "", (self.addresses[name], 0))]


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Dns:
    made = Dns(
        {"192.0.2.1": "Honest.Test", "192.0.2.2": "bank.test", "192.0.2.3": "bad..name"},
        {"honest.test": "192.0.2.1", "bank.test": "198.51.100.1"},
    )
    monkeypatch.setattr(socket, "gethostbyaddr", made.name)
    monkeypatch.setattr(socket, "getaddrinfo", made.address)
    return made


# (HostnameLookups, address) -> (get_remote_host(), the same with REMOTE_DOUBLE_REV, double_reverse, REMOTE_HOST, asked)
CLIENTS: dict[tuple[str, str], tuple[str, str | None, int, str | None, int]] = {
    ("Off", "192.0.2.1"): ("192.0.2.1", "honest.test", 1, "honest.test", 2),
    ("On", "192.0.2.1"): ("honest.test", "honest.test", 1, "honest.test", 2),
    ("On", "192.0.2.2"): ("bank.test", None, -1, "bank.test", 2),
    ("On", "192.0.2.9"): ("192.0.2.9", None, 0, None, 1),
    ("On", ""): ("", None, 0, None, 0),  # over a Unix socket
    ("Double", "192.0.2.1"): ("honest.test", "honest.test", 1, "honest.test", 2),
    ("Double", "192.0.2.2"): ("192.0.2.2", None, -1, None, 2),
    ("Double", "192.0.2.3"): ("192.0.2.3", None, -1, None, 2),
}


@pytest.mark.parametrize("given", CLIENTS)
def test_asked_once(dns: Dns, given: tuple[str, str]) -> None:
    lookups, address = given
    req = request(config=f"HostnameLookups {lookups}", environ={"REMOTE_ADDR": address})
    name, checked, double_reverse, variable, asked = CLIENTS[given]
    assert req.connection.double_reverse == 0
    assert req.get_remote_host() == name
    for _ in range(2):
        assert req.get_remote_host(DOUBLE) == checked
    req.add_common_vars()
    assert req.subprocess_env.get("REMOTE_HOST") == variable
    assert (req.connection.double_reverse, dns.asked) == (double_reverse, asked)


@pytest.mark.parametrize("lookups", ["Off", "On"])
def test_variable_alone(dns: Dns, lookups: str) -> None:
    req = request(config=f"HostnameLookups {lookups}", environ={"REMOTE_ADDR": "192.0.2.1"})
    req.add_common_vars()
    assert req.subprocess_env.get("REMOTE_HOST") == (None if lookups == "Off" else "honest.test")
    assert dns.asked == (lookups == "On")
