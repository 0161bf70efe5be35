"""IRIs: how nodes, facts and sentences are named, and prefixed names for people to read.

Every function that mints is pure: the same ids give the same IRI in every build, and no id, however hostile, breaks
out of its place, since whatever may not stand in an IRI (RFC 3987) is percent-encoded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

KG = "https://w3id.org/abstract-kg/ontology#"

NAMESPACES: dict[str, str] = {
    "kg": KG,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "fabio": "http://purl.org/spar/fabio/",
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def node_iri(base: str, key: str) -> str:
    """The IRI of a node of the graph: `base` + key, percent-encoded where needed.

    >>> node_iri("https://example.org/", "method/slam-3f2a")
    'https://example.org/method/slam-3f2a'
    """
    return base + encode(key)


def statement_iri(base: str, head: str, relation: str, tail: str) -> str:
    """The IRI of the fact that joins two node keys; depends on these three alone, so it is stable over builds."""
    return f"{base}statement/{digest(head, relation, tail)}"


def sentence_iri(base: str, paper: str, start: int, end: int) -> str:
    """The IRI of the stretch [start, end) of the text of the paper with this id (code points)."""
    return f"{base}sentence/{digest(paper, str(start), str(end))}"


def encode(text: str) -> str:
    """Percent-encode what may not stand in a path of an IRI; '/' stays, non-ASCII becomes UTF-8 bytes.

    The parts '.' and '..' are encoded as well: readers that resolve IRIs would take them out.

    >>> encode('a b"<>/ü')
    'a%20b%22%3C%3E/%C3%BC'
    """
    path = quote(text, safe="/-._~", errors="replace")
    return "/".join(part.replace(".", "%2E") if part in (".", "..") else part for part in path.split("/"))


def web_address(paper: Mapping[str, Any]) -> str | None:
    """Where to find a paper with these attributes: its DOI, arXiv or own address; nothing but http and https.

    >>> web_address({"doi": "10.1000/1", "url": "https://example.org"}), web_address({"url": "javascript:alert(1)"})
    ('https://doi.org/10.1000/1', None)
    """
    if doi := paper.get("doi"):
        return f"https://doi.org/{quote(str(doi).removeprefix('https://doi.org/'), safe='/:;().')}"
    if arxiv := paper.get("arxiv"):
        return f"https://arxiv.org/abs/{quote(str(arxiv))}"
    url = str(paper.get("url", ""))
    try:
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


def digest(*parts: str) -> str:
    """16 hexadecimal digits of SHA-256 over the parts, each framed by its length so that none runs into the next."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode("utf8", "surrogatepass")
        hasher.update(f"{len(data)}:".encode())
        hasher.update(data)
    return hasher.hexdigest()[:16]


def compact(iri: str) -> str:
    """The prefixed name of an IRI in a known namespace, else the IRI itself.

    >>> compact("http://www.w3.org/2004/02/skos/core#prefLabel")
    'skos:prefLabel'
    """
    for prefix, namespace in NAMESPACES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}:{local}"
    return iri


def expand(name: str) -> str:
    """The IRI of a prefixed name with a known prefix; anything else comes back as it is.

    >>> expand("skos:prefLabel")
    'http://www.w3.org/2004/02/skos/core#prefLabel'
    """
    prefix, colon, local = name.partition(":")
    if colon and prefix in NAMESPACES and not local.startswith("//"):
        return NAMESPACES[prefix] + local
    return name
