# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an operator may write, and what is refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from relay_server.config import ListenAddress, RelayConfig
from relay_server.errors import StartError


@pytest.mark.parametrize(
    ("text", "host", "port", "url"),
    [
        ("127.0.0.1:8443", "127.0.0.1", 8443, "https://127.0.0.1:8443"),
        ("[::1]:0", "::1", 0, "https://[::1]:0"),
        ("relay.example:443", "relay.example", 443, "https://relay.example:443"),
    ],
)
def test_addresses_are_read(text: str, host: str, port: int, url: str) -> None:
    address = ListenAddress.parse(text)
    assert (address.host, address.port, address.url()) == (host, port, url)


@pytest.mark.parametrize(
    "text", ["", "8443", ":8443", "host:", "host:x", "host:65536", "a b:1", "::1:8443", "host:1:2"]
)
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(StartError, match="HOST:PORT"):
        ListenAddress.parse(text)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - read, not bound
def test_who_listens_everywhere_says_where_clients_come(host: str) -> None:
    listen = ListenAddress(host=host, port=1)
    with pytest.raises(StartError, match="--public-url"):
        RelayConfig(data=Path(), listen=listen)
    RelayConfig(data=Path(), listen=listen, public_url="https://relay.example")


@pytest.mark.parametrize(
    "url",
    [
        "http://relay.example",
        "https://",
        "https://relay.example/",
        "https://a@b",
        "https://a b",
        "x",
    ],
)
def test_a_public_url_is_https_and_has_no_path(url: str) -> None:
    with pytest.raises(StartError, match="--public-url"):
        RelayConfig(data=Path(), listen=ListenAddress(host="127.0.0.1", port=1), public_url=url)


@pytest.mark.parametrize(
    "name",
    ["", "Relay.example", "relay.example:8443", "https://relay.example", "192.0.2.7", "a..b", "-a"],
)
def test_security_keys_know_a_name(name: str) -> None:
    listen = ListenAddress(host="127.0.0.1", port=1)
    with pytest.raises(StartError, match="--relying-party"):
        RelayConfig(data=Path(), listen=listen, relying_party=name)
    RelayConfig(data=Path(), listen=listen, relying_party="cabinet-3.relay.example")


def test_the_database_url_is_not_shown() -> None:
    config = RelayConfig(
        data=Path(),
        listen=ListenAddress(host="127.0.0.1", port=1),
        database_url="postgresql://me:canary@host/relay",
    )
    assert "canary" not in repr(config)
