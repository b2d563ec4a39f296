"""The two examples of a TLS front: they pass on what the service needs, and write down no secret."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from skill.settings import read

INFRA = Path(__file__).parents[2] / "infra"
NGINX = INFRA / "nginx.conf.example"
CADDY = INFRA / "Caddyfile.example"
LARGEST_BODY = 256 * 1024  # what the service itself takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A directive and, if it has braces, what stands in them."""

    words: tuple[str, ...]
    inside: tuple["Block", ...] = ()

    def all(self, *words: str) -> list["Block"]:
        """The directives in it, at any depth, that begin with ``words``."""
        found = [one for one in self.inside if one.words[: len(words)] == words]
        return found + [deep for one in self.inside for deep in one.all(*words)]

    def one(self, *words: str) -> tuple[str, ...]:
        """The rest of the only directive that begins with ``words``."""
        (only,) = self.all(*words)
        return only.words[len(words) :]


def nginx_blocks(text: str) -> Block:
    return Block(words=(), inside=tuple(_read(iter(_tokens(text)), ends=";")))


def caddy_blocks(text: str) -> Block:
    """In a Caddyfile a directive ends with its line."""
    ended = "\n".join(line if line.rstrip().endswith(("{", "}")) else f"{line} ;" for line in _bare(text))
    return Block(words=(), inside=tuple(_read(iter(_tokens(ended)), ends=";")))


def _bare(text: str) -> list[str]:
    lines = (re.sub(r"(^|\s)#.*", "", line) for line in text.splitlines())
    return [line for line in lines if line.strip()]


def _tokens(text: str) -> Sequence[str]:
    return re.findall(r'"[^"]*"|[{};]|[^\s{};]+', "\n".join(_bare(text)))


def _read(tokens: Iterator[str], *, ends: str) -> Iterator[Block]:
    words: list[str] = []
    for token in tokens:
        if token == "}":
            break
        if token == "{":
            yield Block(words=tuple(words), inside=tuple(_read(tokens, ends=ends)))
            words = []
        elif token == ends:
            if words:
                yield Block(words=tuple(words))
            words = []
        else:
            words.append(token.strip('"'))
    assert not words, f"a directive without an end: {words}"


@pytest.fixture
def nginx() -> Block:
    return nginx_blocks(NGINX.read_text(encoding="utf-8"))


@pytest.fixture
def secure(nginx: Block) -> Block:
    (server,) = (one for one in nginx.all("server") if one.all("listen", "443"))
    return server


@pytest.fixture
def caddy() -> Block:
    return caddy_blocks(CADDY.read_text(encoding="utf-8"))


@pytest.fixture
def site(caddy: Block) -> Block:
    (site,) = caddy.all("meds.example.org")
    return site


def the_service() -> str:
    web = read({"HOME": "/home/ada"}).web
    return f"{web.host}:{web.port}"


def test_nginx_passes_everything_on_to_where_the_service_listens(secure: Block) -> None:
    assert secure.one("proxy_pass") == (f"http://{the_service()}",)
    assert secure.one("proxy_set_header", "Host") == ("$host",)


def test_caddy_passes_everything_on_to_where_the_service_listens(site: Block) -> None:
    assert site.all("reverse_proxy")[0].words == ("reverse_proxy", the_service())


def test_nginx_speaks_tls_as_alexa_wants_it(secure: Block) -> None:
    assert secure.all("listen", "443", "ssl")
    assert secure.one("ssl_protocols") == ("TLSv1.2", "TLSv1.3")


def test_nginx_answers_nothing_without_tls(nginx: Block) -> None:
    (plain,) = (one for one in nginx.all("server") if one.all("listen", "80"))

    assert plain.one("return") == ("404",)
    assert not plain.all("proxy_pass")


def test_nginx_writes_no_path_into_a_log(nginx: Block) -> None:
    servers = nginx.all("server")

    assert len(servers) == 2
    assert [server.one("access_log") for server in servers] == [("off",)] * 2
    assert [server.one("error_log") for server in servers] == [("/dev/null", "emerg")] * 2


def test_caddy_writes_no_path_into_a_log(caddy: Block, site: Block) -> None:
    assert caddy.one("request>uri") == ("delete",)
    assert caddy.one("request>headers") == ("delete",)
    assert not site.all("log")


def test_neither_lets_in_more_than_the_service_takes(secure: Block, site: Block) -> None:
    assert secure.one("client_max_body_size") == ("256k",)
    assert site.one("max_size") == ("256KB",)
    assert LARGEST_BODY >= 256 * 1000


def test_neither_lets_a_slow_client_hold_a_thread(secure: Block, caddy: Block) -> None:
    assert secure.one("proxy_request_buffering") == ("on",)
    assert secure.one("client_header_timeout") == ("5s",)
    assert secure.one("client_body_timeout") == ("5s",)
    assert caddy.one("read_header") == ("5s",)
    assert caddy.one("read_body") == ("5s",)


def test_nginx_never_sends_a_request_a_second_time(secure: Block) -> None:
    assert secure.one("proxy_next_upstream") == ("off",)


def test_how_the_service_is_doing_stays_on_this_machine(secure: Block, site: Block) -> None:
    (ready,) = secure.all("location", "=", "/readyz")

    assert ready.one("return") == ("404",)
    assert site.one("respond", "/readyz") == ("404",)


def test_browsers_come_back_with_tls(secure: Block, site: Block) -> None:
    assert secure.one("add_header", "Strict-Transport-Security")[0] == "max-age=31536000"
    assert site.one("header", "Strict-Transport-Security") == ("max-age=31536000",)


@pytest.mark.parametrize("example", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_the_example_s_own_base_address_is_one_that_the_settings_take(example: Path) -> None:
    (base_url,) = re.findall(r"DOSEKEEPER_BASE_URL=(\S+)", example.read_text(encoding="utf-8"))

    assert read({"HOME": "/home/ada", "DOSEKEEPER_BASE_URL": base_url}).web.base_url == base_url


# Where the program is installed, it judges its example itself.


def a_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "meds.example.org")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .sign(key, SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return chain, private


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def judged_by_nginx(text: str, folder: Path) -> str | None:
    """What ``nginx -t`` says, with ports and certificates that this machine has; None without nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        return None
    chain, private = a_certificate(folder)
    text = re.sub(r"(ssl_certificate\s+)\S+;", rf"\g<1>{chain};", text)
    text = re.sub(r"(ssl_certificate_key\s+)\S+;", rf"\g<1>{private};", text)
    text = re.sub(r"listen (?:\[::\]:)?\d+", lambda _: f"listen 127.0.0.1:{a_free_port()}", text)
    (folder / "site.conf").write_text(text, encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder / kind};" for kind in kinds)
    whole = f"pid {folder / 'pid'}; events {{}} http {{ {temporary} include {folder / 'site.conf'}; }}"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    ended = subprocess.run(
        [program, "-t", "-p", str(folder), "-c", str(folder / "nginx.conf")],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ended.stderr


def judged_by_caddy(text: str, folder: Path) -> str | None:
    program = shutil.which("caddy")
    if program is None:
        return None
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    ended = subprocess.run(
        [program, "validate", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin"},
    )
    return ended.stdout + ended.stderr


def test_nginx_itself_takes_its_example(tmp_path: Path) -> None:
    judged = judged_by_nginx(NGINX.read_text(encoding="utf-8"), tmp_path)

    assert judged is None or "successful" in judged


def test_caddy_itself_takes_its_example(tmp_path: Path) -> None:
    judged = judged_by_caddy(CADDY.read_text(encoding="utf-8"), tmp_path)

    assert judged is None or "Valid configuration" in judged
