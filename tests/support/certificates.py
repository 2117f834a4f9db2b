"""Certificates for a server on loopback, made by `openssl`: sound, expired, self-signed, of another host."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

from msgspec import Struct

HOST = "localhost"


class Certificates(Struct, frozen=True):
    """Files in PEM. All but the self-signed one are signed by `authority`, whom nobody trusts until told to."""

    authority: Path
    folder: Path

    def server_side(self, kind: str) -> ssl.SSLContext:
        """For the server: "sound", "expired", "early", "other_host" or "self_signed"."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{kind}.pem", self.folder / "key.pem")
        return context


def made(folder: Path) -> Certificates:
    """Make them; raises FileNotFoundError where there is no `openssl`."""
    authority = folder / "authority.pem"
    _openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "key.pem")
    _openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "authority.key")
    _openssl(
        folder,
        "req",
        "-x509",
        "-key",
        "authority.key",
        "-subj",
        "/CN=Authority of the tests",
        "-days",
        "3650",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-out",
        authority.name,
    )
    for kind, host, first, last in (
        ("sound", HOST, "20200101000000Z", "20991231000000Z"),
        ("expired", HOST, "20200101000000Z", "20200201000000Z"),
        ("early", HOST, "20980101000000Z", "20991231000000Z"),
        ("other_host", "tiles.example.org", "20200101000000Z", "20991231000000Z"),
    ):
        _signed(folder, kind, host, first, last)
    _openssl(
        folder,
        "req",
        "-x509",
        "-key",
        "key.pem",
        "-subj",
        f"/CN={HOST}",
        "-days",
        "3650",
        "-addext",
        f"subjectAltName=DNS:{HOST}",
        "-out",
        "self_signed.pem",
    )
    return Certificates(authority, folder)


def _signed(folder: Path, kind: str, host: str, first: str, last: str) -> None:
    (folder / "index.txt").write_text("")
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca = it\n[it]\ndatabase = index.txt\nnew_certs_dir = .\nserial = serial\ndefault_md = sha256\n"
        f"policy = any\nx509_extensions = server\n[any]\ncommonName = supplied\n[server]\n"
        f"subjectAltName = DNS:{host}\nextendedKeyUsage = serverAuth\n"
    )
    _openssl(folder, "req", "-new", "-key", "key.pem", "-subj", f"/CN={host}", "-out", f"{kind}.csr")
    _openssl(
        folder, "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "authority.pem", "-keyfile", "authority.key",
        "-rand_serial", "-startdate", first, "-enddate", last, "-in", f"{kind}.csr", "-out", f"{kind}.pem",
    )  # fmt: skip


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=True)
