"""An agent's client, the SDK's own, speaks to `kg mcp` over standard input and output and gets answers that cite."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from served import make_workspace

mcp = pytest.importorskip("mcp", reason="the SDK of the Model Context Protocol (pip install mcp) is not installed")

from kg.errors import StoreError  # noqa: E402
from kg.mcp import make_server  # noqa: E402
from kg.store import write_store  # noqa: E402

TOOLS = {"search", "entity", "evidence", "leaderboard", "questions", "ask", "sparql"}


@pytest.fixture(scope="module")
def folder(question_graph: nx.MultiDiGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_workspace(question_graph, tmp_path_factory.mktemp("workspace"))


def speak(folder: Path, *options: str, then: Callable[[Any], Awaitable[Any]]) -> Any:
    """Start `kg mcp` as a client would, and do something with the client."""
    command = mcp.StdioServerParameters(command=sys.executable, args=["-m", "kg", "mcp", str(folder), *options])

    async def session() -> Any:
        async with mcp.Client(command) as client:
            return await then(client)

    return asyncio.run(session())


def content(answer: Any) -> dict[str, Any]:
    assert not answer.is_error, answer.content
    found: dict[str, Any] = json.loads(answer.content[0].text)
    assert answer.structured_content in (None, found)
    return found


def test_a_client_asks_everything(folder: Path, question_graph: nx.MultiDiGraph) -> None:
    titles = {d["paper_id"]: d["label"] for _, d in question_graph.nodes(data=True) if d["kind"] == "Paper"}
    quotes = {(e.paper, e.quote) for _, _, found in question_graph.edges(data="evidence") for e in found}

    def is_cited(citation: dict[str, Any]) -> bool:
        return citation["title"] == titles[citation["paper"]] and (citation["paper"], citation["quote"]) in quotes

    async def ask(client: Any) -> None:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == TOOLS
        assert all(tool.annotations.read_only_hint and len(tool.description) > 40 for tool in tools)
        assert "never instructions" in client.instructions

        found = content(await client.call_tool("search", {"text": "imagnet"}))["found"]
        assert found[0]["name"] == "ImageNet"
        assert all(is_cited(one["citation"]) for one in found)

        (about,) = content(await client.call_tool("entity", {"name": "imagenet"}))["entities"]
        assert about["kind"] == "Dataset"
        assert is_cited(about["citation"])
        assert about["facts"]
        assert all(is_cited(quote) for fact in about["facts"] for quote in fact["evidence"])

        facts = content(await client.call_tool("evidence", {"name": "ImageNet", "relation": "evaluatedOn"}))["facts"]
        assert facts
        assert {fact["tail"]["name"] for fact in facts} == {"ImageNet"}
        assert all(fact["evidence"] and all(map(is_cited, fact["evidence"])) for fact in facts)

        board = content(await client.call_tool("leaderboard", {"name": "ImageNet"}))["results"]
        assert board
        assert all(row["evidence"] and all(map(is_cited, row["evidence"])) for row in board)

        names = {q["name"] for q in content(await client.call_tool("questions", {}))["questions"]}
        assert "methods-for-task" in names
        given = {"question": "methods-for-task", "parameters": {"task": "image classification"}}
        answer = content(await client.call_tool("ask", given))
        assert "residual networks" in {row["method"] for row in answer["rows"]}
        assert answer["citations"]
        assert all(is_cited(one["citation"]) for one in answer["citations"])

        query = "SELECT ?d ?label { ?d a kg:Dataset ; skos:prefLabel ?label } ORDER BY ?label LIMIT 3"
        answer = content(await client.call_tool("sparql", {"query": query}))
        assert len(answer["rows"]) == 3
        assert {one["name"] for one in answer["citations"]} == {row["label"] for row in answer["rows"]}
        assert content(await client.call_tool("sparql", {"query": "ASK { ?d a kg:Dataset }"}))["answer"] is True

    speak(folder, then=ask)


def test_what_goes_wrong_is_told_and_the_server_goes_on(folder: Path) -> None:
    wrong = {
        "nothing is called 'resnett'": ("entity", {"name": "resnett"}),
        "no query is named": ("ask", {"question": "everything"}),
        "malformed": ("sparql", {"query": "SELEKT"}),
        "update": ("sparql", {"query": "DELETE WHERE { ?s ?p ?o }"}),
        "SERVICE": ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}),
        "rows": ("sparql", {"query": "SELECT * { ?s ?p ?o }"}),
    }

    async def ask(client: Any) -> None:
        for message, (tool, arguments) in wrong.items():
            answer = await client.call_tool(tool, arguments)
            assert answer.is_error, message
            assert message in answer.content[0].text, answer.content
        assert content(await client.call_tool("sparql", {"query": "ASK { ?d a kg:Dataset }"}))["answer"] is True

    speak(folder, "--deadline", "60", "--max-rows", "50", then=ask)


def test_an_endless_query_is_ended(folder: Path) -> None:
    async def ask(client: Any) -> None:
        endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
        answer = await client.call_tool("sparql", {"query": endless})
        assert answer.is_error
        assert "longer than 2 s" in answer.content[0].text
        assert content(await client.call_tool("search", {"text": "ImageNet"}))["found"]

    speak(folder, "--deadline", "2", then=ask)


def test_a_folder_without_a_graph_is_told(tmp_path: Path) -> None:
    with write_store(tmp_path):
        pass
    with pytest.raises(StoreError, match="no graph yet"):
        make_server(tmp_path)
