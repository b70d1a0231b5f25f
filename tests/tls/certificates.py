"""Certificates made for a test run: an authority, and what it signs in every state that a server can be met in."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, as files of PEM; the key is 0600."""

    certificate: Path
    key: Path


class Authority:
    """Signs. Everything it makes lies in `directory`; nothing of it is worth anything after the run."""

    def __init__(self, directory: Path, name: str = "authority") -> None:
        self.directory = directory
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = (
            self._begun(self._name, self._key, -DAY, 30 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.roots = self._written(f"{name}.pem", self._certificate.public_bytes(serialization.Encoding.PEM), 0o644)

    def issue(
        self,
        label: str,
        names: Sequence[str] = (),
        *,
        client: str = "",
        begins: timedelta = -DAY,
        ends: timedelta = 30 * DAY,
        passphrase: bytes = b"",
        by_itself: bool = False,
    ) -> Pair:
        """A pair for a server with these names and addresses, or for a `client` of this user name. `by_itself`: signed
        with its own key and by nobody else."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, client or label)])
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        begun = (
            self._begun(subject, key, begins, ends, issuer=subject if by_itself else self._name)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        )
        if names:
            begun = begun.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        certificate = begun.sign(key if by_itself else self._key, hashes.SHA256())
        protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
        return Pair(
            self._written(f"{label}.pem", certificate.public_bytes(serialization.Encoding.PEM), 0o644),
            self._written(f"{label}.key", private, 0o600),
        )

    def revoke(self, label: str, *pairs: Pair, ends: timedelta = 30 * DAY) -> Path:
        """A list of revoked certificates with these in it."""
        now = datetime.now(UTC)
        begun = x509.CertificateRevocationListBuilder().issuer_name(self._name)
        begun = begun.last_update(now - 2 * DAY).next_update(now + ends)
        for pair in pairs:
            revoked = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
            begun = begun.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(revoked.serial_number).revocation_date(now - DAY).build()
            )
        signed = begun.sign(self._key, hashes.SHA256())
        return self._written(f"{label}.crl", signed.public_bytes(serialization.Encoding.PEM), 0o644)

    def _begun(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        begins: timedelta,
        ends: timedelta,
        issuer: x509.Name | None = None,
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def _written(self, name: str, content: bytes, mode: int) -> Path:
        path = self.directory / name
        path.write_bytes(content)
        path.chmod(mode)
        return path


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
