"""The Loki adapter against a real TLS server: whose certificates are trusted, and who must show one."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from migrate.adapters.loki import Credentials, Endpoint, HttpLoki
from migrate.ports import LokiDenied, LokiUnreachable
from tests.unit.adapters.test_loki import REQUEST, STREAMS, good, serving

START = datetime(2026, 1, 1, tzinfo=UTC)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


class Authority:
    """Signs certificates; each is a file with its key behind it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self._signed(name, self.key, True).public_bytes(serialization.Encoding.PEM))

    def certificate(self, name: str) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        path = self.folder / f"{name}-of-{self.name}.pem"
        plain = serialization.NoEncryption()
        path.write_bytes(
            self._signed(name, key, False).public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        )
        return path

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, authority: bool) -> x509.Certificate:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (
            x509.CertificateBuilder(_name(self.name), _name(name), key.public_key(), x509.random_serial_number())
            .not_valid_before(START)
            .not_valid_after(START + timedelta(days=36500))
            .add_extension(x509.BasicConstraints(authority, None), True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
            .add_extension(own, False)
            .add_extension(issuer, False)
            .sign(self.key, hashes.SHA256())
        )


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ours")


@pytest.fixture
def others(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "others")


def server(authority: Authority, asks: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate("loki"))
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority.path)
    return context


def test_a_certificate_of_our_authority_is_trusted_whatever_the_environment_trusts(
    ours: Authority, others: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(others.path))
    with serving(good(STREAMS), tls=server(ours)) as (url, _):
        assert HttpLoki(Endpoint(url, authorities=str(ours.path))).entries(REQUEST).size == 2


def test_a_certificate_of_another_authority_is_not(ours: Authority, others: Authority) -> None:
    with serving(good(STREAMS), tls=server(others)) as (url, told):
        for authorities in (str(ours.path), ""):
            with pytest.raises(LokiDenied, match="certificate") as denied:
                HttpLoki(Endpoint(url, authorities=authorities)).entries(REQUEST)
            assert "--ca-file" in denied.value.remedy
    assert told.asked == []


def test_unless_nobody_checks(others: Authority, ours: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ours.path))
    with serving(good(STREAMS), tls=server(others)) as (url, _):
        assert HttpLoki(Endpoint(url, verify=False)).entries(REQUEST).size == 2


def test_mutual_tls_shows_our_certificate(ours: Authority, others: Authority) -> None:
    with serving(good(STREAMS), tls=server(ours, asks=True)) as (url, told):
        here = Endpoint(url, authorities=str(ours.path), attempts=2)
        known = Credentials(certificate=str(ours.certificate("me")))
        assert HttpLoki(replace(here, credentials=known)).entries(REQUEST).size == 2
        for unknown in (Credentials(), Credentials(certificate=str(others.certificate("me")))):
            with pytest.raises((LokiDenied, LokiUnreachable)):
                HttpLoki(replace(here, credentials=unknown), lambda _: None).entries(REQUEST)
    assert len(told.asked) == 1


def test_a_netrc_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(good(STREAMS)) as (url, told):
        HttpLoki(Endpoint(url, credentials=Credentials(bearer="token"))).entries(REQUEST)
    assert told.asked[0].headers["Authorization"] == "Bearer token"
