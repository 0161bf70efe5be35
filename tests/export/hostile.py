"""Graphs of hostile texts, made by hand and by hypothesis."""

from __future__ import annotations

import networkx as nx
from hypothesis import strategies as st

from kg.model import Evidence, Merge

HOSTILE = {
    "markup": "</node><script>alert(1)</script>&amp;]]>",
    "backtick": "`) DETACH DELETE (n) //",
    "quotes": 'it\'s "quoted" \'twice\' ""',
    "lines": "first\nsecond\r\nthird\ttab",
    "list": "a;b|c | d;; e",
    "backslash": "C:\\users\\n \\u0027 \\\\ \\",
    "escaped quote": '\\u0022}) MATCH (x) DELETE x //"',
    "formula": "=cmd|'/C calc'!A0",
    "formula two": "@SUM(1)\t+1",
    "controls": "nul\x00bell\x07esc\x1b unit\x1f",
    "surrogate": "lone \ud800 half",
    "rtl": "\u202eabc \u05d0\u05d1",
    "plane one": "𝛼-Net 🚀 日本語",
    "statement": "x'; DROP DATABASE neo4j; //",
    "long": "word " * 2000,
    "dollar": "$param {key: 1} ${jndi:ldap://x}",
}


def build_graph(texts: list[str]) -> nx.MultiDiGraph:
    """A paper that uses one method named by each text for one task; the texts stand wherever a text can stand."""
    graph = nx.MultiDiGraph(extractor="golden", extractor_version="1", extractor_hash="0" * 64, base="https://e.org/")
    graph.add_node("paper/p", kind="Paper", label=texts[0], paper_id=texts[-1], year=2020, authors=texts[0])
    graph.add_node(
        "task/t", kind="Task", label="task", aliases=(), papers=1, score=1.0, first_year=2020, last_year=2020
    )
    for i, text in enumerate(texts):
        merge = Merge(paper="p", entity="e1", form=text, reason=text, score=0.5)
        graph.add_node(
            f"method/{i:03d}",
            kind="Method",
            label=text,
            aliases=tuple(texts[: i + 1]),
            papers=1,
            score=0.5,
            merges=(merge,),
        )
        evidence = (Evidence(paper=text, start=0, end=len(text), quote=text, score=0.5),) * (1 + i % 2)
        graph.add_edge(f"method/{i:03d}", "task/t", "usedFor", support=1, score=0.5, evidence=evidence)
        graph.add_edge(
            "paper/p", f"method/{i:03d}", "mentions", support=1, score=0.5, evidence=evidence, first_year=2020
        )
    return graph


anything = st.text(st.characters(codec=None), max_size=40)  # lone surrogates too
graphs = st.lists(anything, min_size=1, max_size=6).map(build_graph)
