"""Parts of a graph hold what they should, no more, and can be written like the whole."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.describe import find
from kg.errors import QueryError
from kg.export import write
from kg.notebook import load
from kg.part import around, top, years
from kg.validate import validate


@pytest.fixture(scope="module")
def graph(sample: Path) -> nx.MultiDiGraph:
    return load(sample / "out")


def entities(graph: nx.MultiDiGraph) -> set[str]:
    return {key for key, data in graph.nodes(data=True) if "aliases" in data or "papers" in data}


def test_around_is_the_neighbourhood_with_the_papers_that_state_it(graph: nx.MultiDiGraph) -> None:
    (key,) = find(graph, "TerraceFormer")
    part = around(graph, "terraceformer")
    assert entities(part) == entities(graph) & {key, *nx.all_neighbors(graph, key)}
    cited = {e.paper for *_, data in part.edges(data=True) for e in data.get("evidence", ())}
    assert cited <= {data.get("paper_id") for _, data in part.nodes(data=True)}
    assert entities(part) < entities(around(graph, "TerraceFormer", 2))
    assert list(part) == [node for node in graph if node in part]
    assert part.graph["base"] == graph.graph["base"]


def test_a_name_that_is_none_is_told_with_what_is_near(graph: nx.MultiDiGraph) -> None:
    with pytest.raises(QueryError, match="TerraceFormer"):
        around(graph, "TerraceFromer")


def test_top_are_those_in_most_papers(graph: nx.MultiDiGraph) -> None:
    part = top(graph, 10)
    assert len(entities(part)) == 10
    least = min(part.nodes[key]["papers"] for key in entities(part))
    assert least >= max(graph.nodes[key]["papers"] for key in entities(graph) - entities(part))


def test_years_keep_what_their_papers_say(graph: nx.MultiDiGraph) -> None:
    part = years(graph, 2020, 2022)
    found = {data["year"] for _, data in part.nodes(data=True) if data["kind"] == "Paper"}
    assert found == {2020, 2021, 2022}
    ids = {data.get("paper_id") for _, data in part.nodes(data=True)}
    for head, tail, relation, data in part.edges(keys=True, data=True):
        whole = graph.edges[head, tail, relation]
        assert data.get("evidence", ()) == tuple(e for e in whole.get("evidence", ()) if e.paper in ids)
        if data.get("evidence"):
            assert data.get("support", 1) == len({e.paper for e in data["evidence"]})
    for key in entities(part):
        papers = {head for head, _, relation in part.in_edges(key, keys=True) if relation == "mentions"}
        assert part.nodes[key]["papers"] == len(papers) <= graph.nodes[key]["papers"]
        assert part.nodes[key]["first_year"] >= 2020 and part.nodes[key]["last_year"] <= 2022


def test_all_years_are_the_whole(graph: nx.MultiDiGraph) -> None:
    whole = years(graph, 1900, 2100)
    assert nx.utils.graphs_equal(whole, graph)


def test_the_graph_itself_stays(graph: nx.MultiDiGraph, sample: Path) -> None:
    years(top(around(graph, "TerraceFormer"), 5), 2020).clear()
    assert nx.utils.graphs_equal(graph, load(sample / "out"))


def test_parts_are_sound_and_are_written(graph: nx.MultiDiGraph, tmp_path: Path) -> None:
    assert validate(years(graph, 2019, 2024)).conforms
    part = top(around(years(graph, 2019, 2024), "TerraceFormer", 2), 25)
    said = {violation.message for violation in validate(part).violations}
    assert said <= {"it is mentioned by fewer or more papers than kg:papers says"}  # that counts those of the whole
    for form in ("gexf", "ttl", "html", "report", "csv"):
        assert all(path.stat().st_size for path in write(part, form, tmp_path / f"part.{form}"))


def test_the_command_writes_parts(sample: Path, tmp_path: Path) -> None:
    target = tmp_path / "part.graphml"
    options = ["--around", "TerraceFormer", "--top", "12", "--year", "2020-2025", "-o", str(target)]
    done = CliRunner().invoke(main, ["export", str(sample / "out"), "graphml", *options])
    assert done.exit_code == 0, done.output
    read = nx.read_graphml(target)
    kinds = [kind for _, kind in read.nodes(data="kind")]
    assert 1 < sum(kind not in ("Paper", "Result") for kind in kinds) <= 12


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--year", "2025-2020"], "--year 2025-2020"),
        (["--year", "soon"], "--year soon"),
        (["--hops", "2"], "--hops goes with --around"),
        (["--top", "0"], "--top"),
    ],
)
def test_what_cannot_be_is_refused(sample: Path, options: list[str], told: str) -> None:
    done = CliRunner().invoke(main, ["export", str(sample / "out"), "gexf", *options])
    assert done.exit_code == 2
    assert told in done.output


def test_an_unknown_name_is_an_error_of_the_command(sample: Path) -> None:
    done = CliRunner().invoke(main, ["export", str(sample / "out"), "gexf", "--around", "no such thing"])
    assert done.exit_code == 2
    assert "no such thing" in done.output
    assert not (sample / "out" / "graph-part.gexf").exists()
