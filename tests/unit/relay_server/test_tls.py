# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay's certificate: one key for ever, a certificate for a while, and TLS 1.3 only."""

from __future__ import annotations

import contextlib
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from crypto_core.wire.ids import UnixMillis
from relay_server.data_folder import DataFolder
from relay_server.errors import StartError
from relay_server.tls import prepare_certificate, server_context

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_790_000_000_000
DAY = 86_400_000


def pin(folder: DataFolder, *, host: str = "127.0.0.1", days: int = 0) -> bytes:
    return prepare_certificate(folder, host=host, clock=lambda: UnixMillis(NOW + days * DAY))


def certificate(folder: DataFolder) -> x509.Certificate:
    return x509.load_pem_x509_certificate(folder.certificate.read_bytes())


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder.prepare(tmp_path / "data")


def test_the_pin_stays_while_the_certificate_is_renewed(folder: DataFolder) -> None:
    first, serial = pin(folder), certificate(folder).serial_number
    assert pin(folder, days=400) == first
    assert certificate(folder).serial_number == serial
    assert pin(folder, days=500) == first
    assert certificate(folder).serial_number != serial


def test_a_new_address_gets_a_new_certificate_under_the_same_pin(folder: DataFolder) -> None:
    assert pin(folder) == pin(folder, host="relay.example") == pin(folder, host="::1")
    names = certificate(folder).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert [str(each.value) for each in names.value] == ["::1"]


def test_key_and_folder_are_private(folder: DataFolder) -> None:
    pin(folder)
    assert folder.certificate_key.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_a_damaged_key_is_not_replaced(folder: DataFolder) -> None:
    pin(folder)
    folder.certificate_key.write_bytes(b"not a key")
    with pytest.raises(StartError, match="not a private key"):
        pin(folder)


def test_a_damaged_certificate_is_made_again(folder: DataFolder) -> None:
    first = pin(folder)
    folder.certificate.write_bytes(b"not a certificate")
    assert pin(folder) == first
    certificate(folder)


def test_nothing_older_than_tls_1_3_is_spoken(folder: DataFolder) -> None:
    pin(folder)
    server = server_context(folder)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError, match=r"PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|ALERT"):
        shake_hands(client, server)
    client.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    assert shake_hands(client, server) == "TLSv1.3"


def shake_hands(client_context: ssl.SSLContext, server_context: ssl.SSLContext) -> str | None:
    """Return the version that two contexts agree on, without a network."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname="relay")
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(10):
        for side in (client, server):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
    return client.version()
