"""A Neo4j home in a folder of its own, with its programs from Maven, on loopback, with a password."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from contents import Contents
from maven import JAVA, classpath

try:
    import neo4j
except ImportError:
    pytest.skip("the Neo4j driver (pip install neo4j) is not installed", allow_module_level=True)

PASSWORD = "pass-of-tests"  # noqa: S105
_OPENS = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "java.io", "sun.nio.ch", "java.lang")]
_CONF = """
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size=64m
server.directories.import=import
db.import.csv.legacy_quote_escaping=false
"""
_FOLDERS = ("conf", "data", "logs", "import", "plugins", "lib", "run", "licenses")


class Neo4j:
    """A server that can be started, stopped and killed; its database survives all that."""

    def __init__(self, home: Path, java: tuple[str, ...] = JAVA) -> None:
        self.home = home
        self._java = java
        for name in _FOLDERS:
            (home / name).mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        (home / "conf" / "neo4j.conf").write_text(_CONF.format(port=self.port), encoding="utf8")
        self._classpath = classpath(Path(__file__).parent / "neo4j-pom.xml", home)
        self._environment = os.environ | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
        self._process: subprocess.Popen[bytes] | None = None
        self.uri = f"bolt://127.0.0.1:{self.port}"

    def _command(self, main: str, *arguments: str) -> list[str]:
        return [*self._java, *_OPENS, "-cp", self._classpath, main, *arguments]

    def run(self, main: str, *arguments: str, cwd: Path | None = None) -> str:
        """What one of Neo4j's programs prints."""
        done = subprocess.run(
            self._command(main, *arguments),
            env=self._environment,
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def bulk_import(self, folder: Path) -> str:
        """Run the command that stands in import.sh, but for the name of the program."""
        text = (folder / "import.sh").read_text(encoding="utf8").replace("\\\n", " ")
        arguments = re.findall(r" (--[^ ]+)", text[text.index("exec ") :].replace('"$database"', "neo4j"))
        return self.run("org.neo4j.cli.AdminTool", "database", "import", "full", "neo4j", *arguments, cwd=folder)

    def shell(self, script: Path) -> None:
        """Run a script in cypher-shell."""
        login = ("-a", self.uri, "-u", "neo4j", "-p", PASSWORD)
        self.run("org.neo4j.shell.Main", *login, "--non-interactive", "-f", str(script))

    def start(self) -> None:
        """Start; return once it answers. Fails with its own words where it ends or takes minutes."""
        command = self._command(
            "org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.home}", f"--config-dir={self.home}/conf"
        )
        with (self.home / "out.txt").open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 300
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                with neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", PASSWORD)) as driver:
                    driver.verify_connectivity()
                return
            except neo4j.exceptions.AuthError:
                self._set_password()
                return
            except (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError):
                time.sleep(0.5)
        pytest.fail((self.home / "out.txt").read_text(encoding="utf8")[-3000:])

    def _set_password(self) -> None:
        with neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", "neo4j")) as driver:
            text = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new"
            driver.execute_query(text, new=PASSWORD, database_="system")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(60)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process
        self._process.kill()
        self._process.wait(60)

    def query(self, text: str, **parameters: Any) -> list[list[Any]]:
        return [list(row.values()) for row in self.rows(text, **parameters)]

    def rows(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        with neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", PASSWORD)) as driver:
            found = driver.execute_query(text, parameters).records
            return [dict(record) for record in found]

    def wipe(self) -> None:
        """Remove all nodes and relationships."""
        with neo4j.GraphDatabase.driver(self.uri, auth=("neo4j", PASSWORD)) as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS").consume()

    def held(self) -> Contents:
        """All nodes and relationships as Neo4j has them."""
        nodes = self.query("MATCH (n) RETURN n.key, labels(n), properties(n)")
        edges = self.query("MATCH (a)-[r]->(b) RETURN a.key, type(r), b.key, properties(r)")
        found = {key: (*labels, {n: v for n, v in data.items() if n != "key"}) for key, labels, data in nodes}
        facts = {(head, kind, tail): data for head, kind, tail, data in edges}
        assert (len(found), len(facts)) == (len(nodes), len(edges))
        return found, facts
