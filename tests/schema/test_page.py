"""The page of the ontology is what `python ontology/rebuild.py` makes of the files beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from lxml import html
from rdflib.namespace import OWL, RDF

from kg.iri import KG

ONTOLOGY = Path(__file__).parents[2] / "ontology"


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_page_is_rebuilt_byte_for_byte(seed: str, tmp_path: Path) -> None:
    for name in ("kg.ttl", "shapes.ttl", "index.html.j2", "rebuild.py"):
        shutil.copyfile(ONTOLOGY / name, tmp_path / name)
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, str(tmp_path / "rebuild.py")], check=True, env=environment)
    made = (tmp_path / "index.html").read_bytes()
    assert made == (ONTOLOGY / "index.html").read_bytes(), "run python ontology/rebuild.py"


def test_the_page_holds_every_term_and_its_links_lead_somewhere() -> None:
    page = html.fromstring((ONTOLOGY / "index.html").read_text(encoding="utf8"))
    ids = Counter(page.xpath("//@id"))
    assert set(ids.values()) == {1}
    graph = rdflib.Graph().parse(ONTOLOGY / "kg.ttl")
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    terms = {str(s).removeprefix(KG) for kind in kinds for s in graph.subjects(RDF.type, kind)}
    assert len(terms) > 40
    assert terms <= set(ids)
    for target in page.xpath("//a/@href"):
        if target.startswith("#"):
            assert target[1:] in ids
        elif not target.startswith(("http:", "https:")):
            assert (ONTOLOGY / target).is_file(), target
    assert not page.xpath("//script | //link[@rel='stylesheet'] | //img"), "it needs no other file and no other host"
