"""Java programs from Maven Central: resolved once into Maven's own cache, skipped where that cannot be."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

JAVA = ("java", "-XX:ActiveProcessorCount=1", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m")


def classpath(pom: Path, folder: Path) -> str:
    """The class path of a POM's dependencies; skips the test where Java, Maven or the network are missing."""
    for program in ("java", "mvn"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    copy = folder / "pom.xml"
    copy.write_bytes(pom.read_bytes())
    command = ["mvn", "-q", "-B", "-f", str(copy), "dependency:build-classpath", f"-Dmdep.outputFile={folder / 'cp'}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("Maven took longer than ten minutes to resolve the dependencies")
    if done.returncode != 0:
        first = next((line for line in done.stdout.splitlines() if "ERROR" in line), "no reason given")
        pytest.skip(f"Maven cannot resolve {pom.name}: {first[:300]}")
    return (folder / "cp").read_text(encoding="utf8")
