"""Names of things: stable, apart, and valid whatever the ids."""

from __future__ import annotations

import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kg.iri import NAMESPACES, compact, digest, expand, node_iri, sentence_iri, statement_iri

BASE = "https://example.org/"
ANY = st.text(st.characters(exclude_categories=[]))


@settings(deadline=None)
@given(ANY, ANY, ANY)
def test_any_id_gives_a_valid_iri_under_the_base(a: str, b: str, c: str) -> None:
    for iri in (node_iri(BASE, a), statement_iri(BASE, a, b, c), sentence_iri(BASE, a, 0, 1)):
        assert NamedNode(iri).value == iri
        assert iri.startswith(BASE)
        assert rdflib.URIRef(iri).n3() == f"<{iri}>"


@settings(deadline=None)
@given(ANY, ANY, ANY, ANY)
def test_parts_do_not_run_into_each_other(a: str, b: str, c: str, d: str) -> None:
    assert (digest(a, b) == digest(c, d)) == ((a, b) == (c, d))
    assert digest(a, b) != digest(a + b)


def test_readable_keys_stay_readable() -> None:
    assert node_iri(BASE, "method/slam-3f2a") == "https://example.org/method/slam-3f2a"
    assert node_iri("urn:kg:", "a/../b?c#d") == "urn:kg:a/%2E%2E/b%3Fc%23d"  # no step that a reader would resolve


def test_names_compact_and_expand() -> None:
    for namespace in NAMESPACES.values():
        iri = namespace + "thing"
        assert expand(compact(iri)) == iri
    assert compact("https://elsewhere.org/x") == "https://elsewhere.org/x"
    assert compact(NAMESPACES["skos"] + "a/b") == NAMESPACES["skos"] + "a/b"
    assert expand("unknown:x") == "unknown:x"
    assert expand("schema://x") == "schema://x"
    assert expand("plain") == "plain"
