"""Apache Jena's programs from Maven, and a Fuseki of its own on loopback that asks for a password."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

import pytest
from maven import JAVA, classpath

USER, PASSWORD = "tester", "pass-of-tests"
_POM = Path(__file__).parent / "jena-pom.xml"


@cache
def jena_classpath(folder: Path) -> str:
    """The class path, asked of Maven once in a run."""
    return classpath(_POM, folder)


def run(folder: Path, main: str, *arguments: str | Path) -> str:
    """What one of Jena's programs prints; fails with its own words where it complains."""
    command = [*JAVA, "-cp", jena_classpath(folder), main, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    said = done.stderr.decode("utf8", "replace")
    assert done.returncode == 0, said[-3000:]
    assert "ERROR" not in said, said[-3000:]
    return done.stdout.decode("utf8")


class Fuseki:
    """A server with one data set, `kg`, on disk, so that it survives being killed."""

    def __init__(self, folder: Path, jars: str) -> None:
        self._folder, self._jars = folder, jars
        (folder / "data").mkdir()
        (folder / "passwords").write_text(f"{USER}: {PASSWORD}\n", encoding="utf8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.endpoint = f"http://127.0.0.1:{self.port}/kg"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start; return once it answers. Fails with its own words where it ends or takes minutes."""
        options = ["--localhost", f"--port={self.port}", f"--passwd={self._folder / 'passwords'}", "--auth=basic"]
        options += ["--update", "--tdb2", f"--loc={self._folder / 'data'}", "/kg"]
        command = [*JAVA, "-cp", self._jars, "org.apache.jena.fuseki.main.cmds.FusekiMainCmd", *options]
        with (self._folder / "out.txt").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
        deadline = time.monotonic() + 180
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/kg", timeout=5)
            except urllib.error.HTTPError as error:
                error.close()
                if error.code == 401:
                    return
            except OSError:
                pass
            time.sleep(0.3)
        pytest.fail((self._folder / "out.txt").read_text(encoding="utf8")[-3000:])

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(60)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process
        self._process.kill()
        self._process.wait(60)
