"""Neo4j itself loads what kg writes for it, by its bulk importer and by cypher-shell, and holds the same graph."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from maven import JAVA, classpath

from kg.export import write
from kg.text import storable

sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
from hostile import HOSTILE, build_graph

neo4j = pytest.importorskip("neo4j", reason="the Neo4j driver (pip install neo4j) is not installed")

pytestmark = pytest.mark.slow
_OPENS = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "java.io", "sun.nio.ch", "java.lang")]
_CONF = """
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size=32m
server.directories.import=import
"""
Contents = tuple[dict[str, Any], dict[tuple[str, str, str], Any]]


@dataclass(frozen=True, kw_only=True)
class Neo4j:
    """A Neo4j home with its programs."""

    home: Path
    classpath: str
    port: int

    @property
    def uri(self) -> str:
        return f"bolt://127.0.0.1:{self.port}"

    def command(self, main: str, *arguments: str) -> list[str]:
        return [*JAVA, *_OPENS, "-cp", self.classpath, main, *arguments]

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}

    def run(self, main: str, *arguments: str, cwd: Path | None = None) -> str:
        command = self.command(main, *arguments)
        done = subprocess.run(
            command, env=self.environment, cwd=cwd, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout


@pytest.fixture(scope="module")
def graph(golden_graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The golden graph with the graph of hostile texts beside it."""
    return nx.freeze(nx.compose(golden_graph, build_graph(list(HOSTILE.values()))))


@pytest.fixture(scope="module")
def server(graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    """A server on loopback whose database was made by the bulk importer."""
    home = tmp_path_factory.mktemp("neo4j")
    for name in ("conf", "data", "logs", "import", "plugins", "lib", "run", "licenses"):
        (home / name).mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (home / "conf" / "neo4j.conf").write_text(_CONF.format(port=port), encoding="utf8")
    found = Neo4j(home=home, classpath=classpath(Path(__file__).parent / "neo4j-pom.xml", home), port=port)
    folder = home / "csv"
    write(graph, "neo4j", folder)
    text = (folder / "import.sh").read_text(encoding="utf8").replace("\\\n", " ")
    arguments = re.findall(r" (--[^ ]+)", text[text.index("exec ") :].replace('"$database"', "neo4j"))
    output = found.run("org.neo4j.cli.AdminTool", "database", "import", "full", "neo4j", *arguments, cwd=folder)
    assert f"{len(graph)} nodes" in output
    assert f"{graph.number_of_edges()} relationships" in output
    command = found.command("org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}", f"--config-dir={home}/conf")
    with (home / "out.txt").open("wb") as log:
        process = subprocess.Popen(command, env=found.environment, stdout=log, stderr=log)
    try:
        wait_for(found, process)
        yield found
    finally:
        process.terminate()
        process.wait(60)


def wait_for(server: Neo4j, process: subprocess.Popen[bytes]) -> None:
    """Return once the server answers on its port; fail with its own words where it ends or takes minutes."""
    deadline = time.monotonic() + 240
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
            return
        time.sleep(0.5)
    pytest.fail((server.home / "out.txt").read_text(encoding="utf8")[-3000:])


def query(server: Neo4j, text: str, **parameters: Any) -> list[list[Any]]:
    with neo4j.GraphDatabase.driver(server.uri) as driver:
        return [list(record) for record in driver.execute_query(text, **parameters).records]


def held(server: Neo4j) -> Contents:
    """All nodes and relationships as Neo4j has them."""
    nodes = query(server, "MATCH (n) RETURN n.key, labels(n), properties(n)")
    edges = query(server, "MATCH (a)-[r]->(b) RETURN a.key, type(r), b.key, properties(r)")
    found = {key: (labels, {n: v for n, v in data.items() if n != "key"}) for key, labels, data in nodes}
    assert len(found) == len(nodes)
    return found, {(head, kind, tail): data for head, kind, tail, data in edges}


def expected(graph: nx.MultiDiGraph) -> Contents:
    """The same, written out by hand from the graph."""
    nodes = {}
    for key, data in graph.nodes(data=True):
        row: dict[str, Any] = {}
        for name, value in data.items():
            if name != "kind" and value != ():
                row[name] = storable(value) if isinstance(value, str) else value
        if "aliases" in row:
            row["aliases"] = [storable(alias) for alias in row["aliases"]]
        if "merges" in row:
            row["merges"] = sorted({storable(f"{merge.form}: {merge.reason}") for merge in row["merges"]})
        nodes[key] = ([data["kind"]], row)
    edges = {}
    for head, tail, relation, data in graph.edges(keys=True, data=True):
        evidence = data["evidence"]
        row = {name: value for name, value in data.items() if name != "evidence"}
        row |= {"quotes": [storable(e.quote) for e in evidence], "papers": [storable(e.paper) for e in evidence]}
        row |= {"starts": [e.start for e in evidence], "ends": [e.end for e in evidence]}
        row["scores"] = [e.score for e in evidence]
        edges[head, re.sub("([A-Z])", r"_\1", relation).upper(), tail] = row
    return nodes, edges


def test_the_importer_and_the_script_give_the_same_graph(graph: nx.MultiDiGraph, server: Neo4j, tmp_path: Path) -> None:
    assert held(server) == expected(graph)

    query(server, "MATCH (n) DETACH DELETE n")
    (script,) = write(graph, "cypher", tmp_path / "graph.cypher")
    shell = ("org.neo4j.shell.Main", "-a", server.uri, "--non-interactive", "-f", str(script))
    server.run(*shell)
    assert held(server) == expected(graph)

    query(server, "MATCH (n:Method) SET n.unit = 'mine', n.label = 'changed'")
    server.run(*shell)
    nodes, edges = held(server)
    assert {data.pop("unit") for labels, data in nodes.values() if labels == ["Method"]} == {"mine"}
    assert (nodes, edges) == expected(graph), "a second load mends what the graph says and leaves the user's own"

    names = {name for (name,) in query(server, "SHOW INDEXES YIELD name RETURN name")}
    assert {"kg_entities", "kg_papers", "kg_method_key"} <= names
    found = query(server, "CALL db.index.fulltext.queryNodes('kg_entities', 'ladder') YIELD node RETURN node.key")
    assert [key for (key,) in found if str(key).startswith("method/ladder")]
