"""What surrounds the endpoint: token, headers, log, metrics, health, start and end."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from kg.cli import main

from .conftest import Server, serving

TOKEN = "a-token-of-the-tests"  # noqa: S105


def test_a_token_is_asked_for(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n", encoding="utf8")
    with serving(workspace, tmp_path / "log", "--token-file", str(file), "--workers", "1") as server:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            for path in ("/sparql?query=ASK%7B%7D", "/metrics", "/"):
                got = server.client.get(path, headers=headers)
                assert got.status_code == 401
                assert got.headers["www-authenticate"].startswith("Bearer")
        assert server.ask("ASK {}", Authorization=f"Bearer {TOKEN}").status_code == 200
        assert server.client.get("/healthz").status_code == 200
        assert server.process.args[-1] != TOKEN  # type: ignore[index]
    assert TOKEN not in (tmp_path / "log").read_text(encoding="utf8")


def test_every_answer_has_the_security_headers(server: Server) -> None:
    paths = ("/sparql?query=ASK%7B%7D", "/sparql", "/healthz", "/metrics", "/nothing-here", "/sparql?query=x")
    for path in paths:
        headers = server.client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert "server" not in headers


def test_requests_are_logged_as_json_lines(server: Server) -> None:
    hostile = 'SELECT * { # \x1b[2J\n ?s ?p "\u2028" }'
    assert server.ask(hostile).status_code == 200
    line = server.logged(lambda line: line.get("query") == hostile)[0]
    assert (line["method"], line["path"], line["status"], line["client"]) == ("POST", "/sparql", 200, "127.0.0.1")
    assert line["ms"] > 0
    assert line["bytes"] > 0
    server.ask("SELECT * {" + " " * 50_000)
    assert server.logged(lambda line: line.get("outcome") == "malformed" and len(line.get("query", "")) == 2000)


def test_metrics_count(server: Server) -> None:
    counted = "ASK {} # counted"
    server.ask(counted)
    server.logged(lambda line: line.get("query") == counted)  # it is counted and logged after it was answered
    text = server.client.get("/metrics").text
    assert 'kg_queries_total{outcome="ok"}' in text
    assert 'kg_requests_total{method="POST",status="200"}' in text
    assert "process_resident_memory_bytes" in text


def test_health_names_the_store(server: Server, workspace: Path) -> None:
    got = server.client.get("/healthz").json()
    assert got == {"status": "ok", "store": (workspace / "store" / "IDENTITY").read_text(encoding="ascii").strip()}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_let_what_was_asked_be_answered(number: signal.Signals, workspace: Path, tmp_path: Path) -> None:
    with serving(workspace, tmp_path / "log", "--workers", "1", "--deadline", "60") as server:
        with httpx.Client(base_url=server.client.base_url, timeout=60) as client:
            request = client.build_request("POST", "/sparql", content=_body(server, number))
            request.headers["Content-Type"] = "application/sparql-query"
            request.headers["Content-Length"] = str(len(_QUERY))
            assert client.send(request).json()["boolean"] is True
        assert server.process.wait(60) in (130, -number, 128 + number)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.client.base_url}/healthz")


_QUERY = b"ASK {}"


def _body(server: Server, number: signal.Signals) -> Iterator[bytes]:
    """The query in two pieces, and the signal in between."""
    yield _QUERY[:3]
    server.process.send_signal(number)
    yield _QUERY[3:]


def test_a_port_that_is_taken_is_told(workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        got = CliRunner().invoke(main, ["serve", str(workspace), "--port", port, "--log", "off"])
    assert got.exit_code == 2
    assert f"cannot listen at 127.0.0.1 port {port}" in got.stderr


def test_a_folder_without_a_store_is_told(tmp_path: Path) -> None:
    got = CliRunner().invoke(main, ["serve", str(tmp_path)])
    assert got.exit_code == 2
    assert "no workspace" in got.stderr


def test_an_open_address_is_warned_of_unless_there_is_a_token(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import kg.serve.run

    started: list[object] = []
    monkeypatch.setattr(kg.serve.run, "serve", lambda *_, **options: started.append(options["token"]))
    got = CliRunner().invoke(main, ["serve", str(workspace), "--host", "0.0.0.0"])  # noqa: S104
    assert "can be reached by others" in got.stderr
    got = CliRunner().invoke(main, ["serve", str(workspace), "--host", "0.0.0.0"], env={"KG_TOKEN": TOKEN})  # noqa: S104
    assert got.stderr == ""
    got = CliRunner().invoke(main, ["serve", str(workspace)], env={"KG_TOKEN": " "})
    assert "no token there" in got.stderr
    assert started == [None, TOKEN]


def test_the_page_names_every_option_with_its_default() -> None:
    page = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf8")
    options = {option.opts[0]: option for option in main.commands["serve"].params if option.opts[0].startswith("--")}
    table = {cells[1].strip(" `"): cells[2].strip() for line in page.splitlines() if len(cells := line.split("|")) == 5}
    for name, option in options.items():
        if name not in ("--host", "--port", "--token-file", "--cors", "--log"):
            number = isinstance(option.default, int | float)
            default = f"{option.default:,}" if number else "two a core, at least 4"
            assert table[name] == default
        else:
            assert f"`{name}" in page, name
    assert {name for name in table if name.startswith("--") and name != "---"} <= options.keys()
