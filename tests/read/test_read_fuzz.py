"""Any bytes, in any format: papers fit for every writer, reports, or a ReadError; never another exception."""

from __future__ import annotations

import contextlib
import io
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kg.errors import ReadError
from kg.model import Paper
from kg.read import READERS
from kg.read.clean import clean, strip_markup
from kg.read.fields import as_authors, find_arxiv, find_doi, find_year, make_paper, pick
from kg.read.sniff import detect

FORMATS = Path(__file__).parents[2] / "examples" / "formats"
EXAMPLES = {
    "arxiv": "arxiv-atom.xml",
    "bibtex": "papers.bib",
    "csv": "papers.csv",
    "jsonl": "papers.jsonl",
    "openalex": "openalex.json",
    "page": "page.txt",
    "parquet": "papers.parquet",
    "pubmed": "pubmed.xml",
    "ris": "papers.ris",
    "text": "blocks.txt",
    "tsv": "papers.tsv",
}
SPLICES = [
    b"\0",
    b"\xff\xfe",
    b'"',
    b"{",
    b"}",
    b"<",
    b"&",
    b"\n",
    b"\n\n",
    b"TY  - ",
    b"ER  - ",
    b"]]>",
    b"\xed\xa0\x80",
]
splices = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=8) | st.sampled_from(SPLICES)), max_size=6
)


def read_all(name: str, data: bytes) -> list[Paper]:
    module, _, function = READERS[name].partition(":")
    reader = getattr(import_module(module), function)
    found: list[Paper] = []
    with contextlib.suppress(ReadError):
        for _, paper in reader(io.BytesIO(data), source="x", reject=lambda line, reason: None):
            found.append(paper)
    return found


def assert_fit(paper: Paper) -> None:
    element = etree.Element("x")
    for text in (paper.id, paper.title, paper.abstract, *paper.authors, paper.venue, paper.doi, paper.arxiv, paper.url):
        element.text = text
        assert text is None or (text == " ".join(text.split()) and text.encode("utf8").decode("utf8") == text)
    assert paper.id
    assert paper.title or paper.abstract


@pytest.mark.parametrize("name", READERS)
@given(edits=splices)
@settings(max_examples=15, deadline=None)
def test_a_damaged_example_never_breaks_its_reader(name: str, edits: list[tuple[float, int, bytes]]) -> None:
    data = (FORMATS / EXAMPLES[name]).read_bytes()
    for place, cut, splice in edits:
        at = int(place * len(data))
        data = data[:at] + splice + data[at + cut :]
    for paper in read_all(name, data):
        assert_fit(paper)


@pytest.mark.parametrize("name", READERS)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf8", "surrogatepass")))
@settings(max_examples=15, deadline=None)
def test_any_bytes_never_break_a_reader(name: str, data: bytes) -> None:
    for paper in read_all(name, data):
        assert_fit(paper)
    for file_name in ("x", "x.json"):
        with contextlib.suppress(ReadError):
            assert detect(file_name, data, data.decode("utf8", "replace")) in READERS


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "author", "date-parts", "given"]), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from(["title", "Abstract", "AUTHORS", "year", "doi", "arXiv ID", "url", "venue", "id", ""])


@given(st.dictionaries(names, values, max_size=6), st.booleans())
@settings(max_examples=80, deadline=None)
def test_any_record_gives_a_paper_or_a_reason(record: dict[str, object], markup: bool) -> None:
    try:
        paper = make_paper(pick(record), markup=markup)
    except ValueError as error:
        assert str(error)
    else:
        assert_fit(paper)


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=80, deadline=None)
def test_cleaning_is_final_and_finders_take_any_text(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert clean(strip_markup(text)) == strip_markup(text)
    as_authors(text), find_year(text), find_doi(text), find_arxiv(text), find_arxiv(text, bare=True)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("x<sub>2</sub> &lt;p&gt;y&lt;/p&gt;", "x2 y"),
        ("AT&T &notanentity; &#x41;&#0;", "AT&T &notanentity; A\ufffd"),
        ('<mml:math xmlns:mml="m"><mml:mi>k</mml:mi></mml:math>-means', "k-means"),
        ("<unknown>kept</unknown>", "<unknown>kept</unknown>"),
    ],
)
def test_markup_goes_and_the_rest_stays(text: str, plain: str) -> None:
    assert strip_markup(text) == plain
