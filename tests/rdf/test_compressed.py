"""RDF is compressed where the name says so, with the same bytes each time."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import networkx as nx
import pytest
import zstandard

from kg.export import RDF, WRITERS, write


@pytest.mark.parametrize("form", sorted({*RDF} - {"turtle"}))
def test_what_is_inside_is_the_plain_file(golden_graph: nx.MultiDiGraph, form: str, tmp_path: Path) -> None:
    plain = write(golden_graph, form, tmp_path / "graph")[0].read_bytes()
    packed = write(golden_graph, form, tmp_path / "graph.gz")[0].read_bytes()
    assert gzip.decompress(packed) == plain
    assert packed[4:8] == bytes(4), "no time"
    assert not packed[3] & 0b1000, "no name"
    squeezed = write(golden_graph, form, tmp_path / "graph.zst")[0].read_bytes()
    assert zstandard.ZstdDecompressor().stream_reader(io.BytesIO(squeezed)).read() == plain
    again = write(golden_graph, form, tmp_path / "other.zst")[0].read_bytes()
    assert again == squeezed
    assert len(squeezed) < len(plain) / 4


def test_the_names_are_formats() -> None:
    assert set(RDF) < set(WRITERS)
