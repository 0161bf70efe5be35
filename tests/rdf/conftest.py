"""A graph whose every text is hostile."""

from __future__ import annotations

import networkx as nx
import pytest

from kg.graph import assemble
from kg.keys import entity_key, paper_key
from kg.model import Entity, Evidence, ExtractorInfo, Fact, Merge, Paper, ReportedResult, Resolved
from kg.schema import load_schema

HOSTILE = (
    'a "quoted" \\ back\nslash\r\n\t</script><b>&amp;\x00\x07\ud800 \u202eRTL\u200b \U0001f600 '
    + "<http://x> @prefix . # {|} "
    + "`=cmd()`"
)
HOSTILE_ID = "id <>\"{}|^`\\ \n\ud800 ü/../?q#f%20:'"


@pytest.fixture(scope="session")
def hostile_graph() -> nx.MultiDiGraph:
    """Two entities, one paper, a fact and a result, with texts and ids that try to break out."""
    paper = Paper(
        id=HOSTILE_ID,
        title=HOSTILE,
        abstract=HOSTILE * 20,
        authors=(HOSTILE, "Ada; Lovelace"),
        year=-5,
        venue=HOSTILE,
        doi='10.1/<">{x}',
        arxiv="cs/0 1|2",
        url='https://example.org/a b<c>"|^`{}\\é\ud800',
    )
    quote = paper.text[:900]
    evidence = Evidence(paper=paper.id, start=0, end=900, quote=quote, score=0.5)
    method, other = entity_key("Method", HOSTILE), entity_key("Method", "other")
    entities = [
        Entity(
            id=key,
            type="Method",
            label=label,
            aliases=(label + "s", "x" * 10_000),
            members=((paper.id, "e1"),),
            merges=(Merge(paper=paper.id, entity="e1", form=label, reason=HOSTILE, score=1.0),),
            score=1e-05,
        )
        for key, label in ((method, HOSTILE), (other, "other"))
    ]
    result = ReportedResult(
        id=f"result/{HOSTILE_ID}",
        paper=paper.id,
        value=HOSTILE,
        number=float("inf"),
        unit=HOSTILE,
        evidence=evidence,
        slots=(("method", method),),
    )
    facts = [
        Fact(head=method, relation="basedOn", tail=other, evidence=(evidence,), score=0.12345),
        *(
            Fact(head=paper_key(paper.id), relation="mentions", tail=k, evidence=(evidence,), score=1.0)
            for k in (method, other)
        ),
    ]
    resolved = Resolved(
        papers=(paper,),
        entities=tuple(sorted(entities, key=lambda e: e.id)),
        facts=tuple(facts),
        results=(result,),
    )
    return nx.freeze(
        assemble(resolved, load_schema(), extractor=ExtractorInfo(name=HOSTILE, version="1\n2", hash="\ud800"))
    )


@pytest.fixture(params=["golden", "hostile"])
def any_graph(request: pytest.FixtureRequest) -> nx.MultiDiGraph:
    """Each of the two graphs in turn."""
    graph: nx.MultiDiGraph = request.getfixturevalue(f"{request.param}_graph")
    return graph
