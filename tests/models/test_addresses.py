"""How an endpoint is reached: certificates, proxies, keys and headers, by what the user meant."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from behaviours import TEXT, Behaviour, Reply, behaving, error, good
from endpoints import KEY, ask, line_to, model_on, request, texts, using
from pytest_selfrepair.errors import EndpointRefusedError
from pytest_selfrepair.models.addresses import Endpoint, proxy_of

PASSWORD = "hush-hush"  # noqa: S105 - a proxy's, in a test
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of this machine that nobody has signed but itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=here"
    names = ("-addext", "subjectAltName=IP:127.0.0.1")
    command = [openssl, *options.split(), *names, "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


def serving(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def refused_at_once(base_url: str) -> str:
    """What is said of an endpoint that nobody can reach, at the first request and at the next."""
    line = line_to(base_url)
    model = model_on(line)

    async def twice() -> str:
        said: set[str] = set()
        for number in range(2):
            with pytest.raises(EndpointRefusedError) as caught:
                await model.sample(request(f"p{number}"))
            said.add(str(caught.value))
        assert len(said) == 1
        return said.pop()

    found = using(model, twice)
    assert line.retried == 0
    assert "\n" not in found
    return found


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_certificates_of_the_environment_hold_for_this_machine_too(
    certificate: tuple[Path, Path], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(certificate[0]))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # for other machines
    with behaving(good, serving(certificate)) as server:
        assert texts(ask(model_on(line_to(server.base_url)))) == [TEXT]


def test_a_certificate_that_nobody_trusts_is_refused_at_once(
    certificate: tuple[Path, Path],
) -> None:
    with behaving(good, serving(certificate)) as server:
        said = refused_at_once(server.base_url)
    assert "CERTIFICATE_VERIFY_FAILED" in said


def test_tls_with_a_server_that_speaks_none_is_refused_at_once() -> None:
    with behaving(good) as server:
        assert "SSL" in refused_at_once(server.base_url.replace("http://", "https://"))


def test_certificates_that_are_not_there_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "missing.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(missing))
    assert f"SSL_CERT_FILE: found '{missing}'" in refused_at_once("https://127.0.0.1:9/v1")


@pytest.mark.parametrize(
    "proxy", ["foo://somewhere:1", "http://:8080", f"http://user:{PASSWORD}@host:port"]
)
def test_a_proxy_that_is_none_is_one_line_without_its_password(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    said = refused_at_once("http://endpoint.example/v1")
    assert "the proxy of the environment" in said
    assert PASSWORD not in said


def through_a_proxy(behave: Behaviour, base_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a request through a proxy comes to."""
    with behaving(behave) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, server.address.replace("//", f"//user:{PASSWORD}@"))
        model = model_on(line_to(base_url))
        found = texts(ask(model))[0]
        assert server.asked
        return found


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert through_a_proxy(good, "http://endpoint.example/v1", monkeypatch) == TEXT


def test_a_proxy_that_refuses_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    refuses = Reply(status=407, content=b"no")
    with pytest.raises(EndpointRefusedError, match="the proxy refuses") as caught:
        through_a_proxy(lambda _: refuses, "https://endpoint.example/v1", monkeypatch)
    assert PASSWORD not in str(caught.value)


def test_hosts_that_the_environment_excepts_are_asked_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "near.example")
    assert proxy_of("https://far.example/v1") == "http://proxy.example:3128"
    assert proxy_of("https://near.example/v1") is None
    assert proxy_of("https://127.0.0.2/v1") is None


@pytest.mark.parametrize(
    ("base_url", "names"),
    [
        ("https://x.openai.azure.com/openai/v1", {"api-key"}),
        ("https://gateway.example/v1?api-version=1", {"api-key", "Authorization"}),
        ("https://gateway.example/v1", {"Authorization"}),
    ],
)
def test_azure_is_shown_its_key_in_the_header_that_it_reads(base_url: str, names: set[str]) -> None:
    found = Endpoint(base_url=base_url, api_key=KEY).sent_headers()
    assert {name for name, value in found.items() if KEY in value} == names


def test_a_header_of_the_users_takes_the_place_of_ours() -> None:
    own = (("authorization", "Basic abc"), ("X-Team", "blue"))
    found = Endpoint(base_url="https://x.example/v1", api_key=KEY, headers=own).sent_headers()
    assert [value for name, value in found.items() if name.lower() == "authorization"] == [
        "Basic abc"
    ]
    assert found["X-Team"] == "blue"
    assert "blue" not in repr(Endpoint(base_url="http://x/v1", api_key=KEY, headers=own))


def test_a_header_that_cannot_be_sent_is_not_shown() -> None:
    own = (("X-Secret", "hush\u2026"),)
    with pytest.raises(ValueError, match="the header X-Secret holds a character") as caught:
        Endpoint(base_url="https://x.example/v1", api_key=KEY, headers=own).sent_headers()
    assert "hush" not in str(caught.value)


def test_an_error_never_shows_the_key() -> None:
    reply = error(400, f"Bearer {KEY} is not good", metadata={"raw": f"key {KEY}"})
    with behaving(lambda _: reply) as server, pytest.raises(EndpointRefusedError) as caught:
        ask(model_on(line_to(server.base_url)))
    assert KEY not in str(caught.value)
