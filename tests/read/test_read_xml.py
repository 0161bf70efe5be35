"""arXiv and PubMed XML: forms beyond the examples, faults, and what hostile XML tries."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kg.errors import ReadError
from kg.model import Paper, ReadReport

Read = Callable[..., tuple[list[Paper], ReadReport]]
FORMATS = Path(__file__).parents[2] / "examples" / "formats"
OAI_RAW = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record>
<header><identifier>oai:arXiv.org:hep-th/9901001</identifier></header>
<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>hep-th/9901001</id>
<version version="v1"><date>Mon, 2 Apr 2007 19:18:42 GMT</date></version>
<title>On
  Herons</title><authors>Ada Stilt, Jo Reed and Li Wei</authors><abstract>  We stand
still.</abstract></arXivRaw></metadata></record></ListRecords></OAI-PMH>"""
OAI_DC = """<?xml version="1.0"?><oai:OAI-PMH xmlns:oai="http://www.openarchives.org/OAI/2.0/"><oai:record>
<oai:header><oai:identifier>oai:arXiv.org:9903.00001</oai:identifier></oai:header><oai:metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>On Herons</dc:title><dc:creator>Stilt, Ada</dc:creator><dc:creator>Reed, Jo</dc:creator>
<dc:description>Comment: 12 pages</dc:description><dc:description>We stand still.</dc:description>
<dc:date>2019-04-01</dc:date><dc:identifier>http://arxiv.org/abs/9903.00001</dc:identifier>
<dc:identifier>doi:10.5555/abc</dc:identifier></oai_dc:dc></oai:metadata></oai:record></oai:OAI-PMH>"""


def test_arxiv_raw_and_dublin_core(read: Read) -> None:
    assert read(OAI_RAW, "x.xml")[0] == [
        Paper(
            id="arxiv:hep-th/9901001",
            title="On Herons",
            abstract="We stand still.",
            authors=("Ada Stilt", "Jo Reed", "Li Wei"),
            year=2007,
            arxiv="hep-th/9901001",
        )
    ]
    (paper,) = read(OAI_DC, "x.xml")[0]
    assert (paper.id, paper.doi, paper.year) == ("arxiv:9903.00001", "10.5555/abc", 2019)
    assert (paper.abstract, paper.authors) == ("We stand still.", ("Stilt, Ada", "Reed, Jo"))


def pubmed(*articles: str, before: str = "") -> str:
    body = "".join(
        f"<PubmedArticle><MedlineCitation><PMID>{n}</PMID><Article>{article}</Article></MedlineCitation></PubmedArticle>\n"
        for n, article in enumerate(articles, 1)
    )
    return f"{before}<PubmedArticleSet>\n{body}</PubmedArticleSet>"


def test_pubmed_names_titles_and_markup(read: Read) -> None:
    article = (
        "<Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999</MedlineDate></PubDate></JournalIssue></Journal>"
        "<ArticleTitle>[H<sub>2</sub>O &amp;lt; D<!-- x -->2O in herons].</ArticleTitle><Abstract><AbstractText>Water"
        " (p &lt; 0.1).</AbstractText></Abstract><AuthorList><Author><LastName>Stilt</LastName><Initials>A</Initials>"
        "</Author><Author><CollectiveName>Marsh Group</CollectiveName></Author></AuthorList>"
    )
    (paper,), _ = read(pubmed(article), "x.xml")
    assert paper == Paper(
        id="pmid:1",
        title="H2O < D2O in herons",
        abstract="Water (p < 0.1).",
        authors=("A Stilt", "Marsh Group"),
        year=1998,
        url="https://pubmed.ncbi.nlm.nih.gov/1/",
    )


def test_citations_without_their_wrapper_and_books(read: Read) -> None:
    document = (
        "<MedlineCitationSet><MedlineCitation><PMID>5</PMID><Article><ArticleTitle>A</ArticleTitle></Article>"
        "</MedlineCitation><PubmedBookArticle><BookDocument/></PubmedBookArticle></MedlineCitationSet>"
    )
    papers, report = read(document, "x.xml")
    assert [p.id for p in papers] == ["pmid:5"]
    assert [r.reason for r in report.rejections] == ["no article in it (books are not read)"]


def test_a_bad_record_is_reported_with_its_line_and_the_rest_read(read: Read) -> None:
    title = "<ArticleTitle>{}</ArticleTitle>"
    papers, report = read(pubmed(*(title.format(t) for t in ("A", "R&D", "", "D", "<i>E", "F\x01"))), "x.xml")
    assert [p.title for p in papers] == ["A", "D"]
    assert [r.line for r in report.rejections] == [3, 4, 6, 7]
    assert "no well-formed XML" in report.rejections[0].reason
    assert report.rejections[1].reason == "neither title nor abstract"


@pytest.mark.parametrize("name", ["pubmed.xml", "arxiv-atom.xml", "arxiv-oai.xml"])
def test_a_file_cut_off_keeps_its_whole_records(name: str, read: Read) -> None:
    whole = (FORMATS / name).read_bytes()
    for end in (len(whole) * 9 // 10, len(whole) // 2, len(whole) // 3):
        papers, report = read(whole[:end], name)
        assert len(papers) < 3
        assert [r.kind for r in report.rejections] == ["bad"]
        assert [p.title for p in papers] == [p.title for p in read(whole, name)[0]][: len(papers)]


def test_entities_are_not_known(read: Read) -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    before = f'<!DOCTYPE PubmedArticleSet [<!ENTITY a0 "ha">{bomb}<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    titles = [f"<ArticleTitle>{title}</ArticleTitle>" for title in ("A &a11;", "B &file;", "C &lt; &#68;")]
    papers, report = read(pubmed(*titles, before=before), "x.xml")
    assert [p.title for p in papers] == ["C < D"]
    assert [(r.line, r.reason.partition(": ")[2]) for r in report.rejections] == [
        (2, "Entity 'a11' not defined"),
        (3, "Entity 'file' not defined"),
    ]


def test_nothing_is_fetched(read: Read) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        host = f"http://127.0.0.1:{server.server_port}"
        before = f'<!DOCTYPE PubmedArticleSet SYSTEM "{host}/x.dtd" [<!ENTITY % p SYSTEM "{host}/p">%p;]>'
        papers, _ = read(pubmed("<ArticleTitle>A</ArticleTitle>", before=before), "x.xml")
        server.shutdown()
        thread.join()
    assert [p.title for p in papers] == ["A"]
    assert asked == []


def test_deep_nesting_is_no_traceback(read: Read) -> None:
    deep = "<i>" * 100_000 + "x" + "</i>" * 100_000
    papers, report = read(pubmed(f"<ArticleTitle>{deep}</ArticleTitle>"), "x.xml")
    assert papers == []
    assert len(report.rejections) == 1


def test_other_xml_is_refused_and_other_encodings_read(read: Read) -> None:
    with pytest.raises(ReadError, match="its format cannot be told"):
        read("<html><body/></html>", "x.xml")
    document = '<?xml version="1.0" encoding="ISO-8859-1"?>' + pubmed("<ArticleTitle>Größe</ArticleTitle>")
    assert read(document.encode("latin-1"), "x.xml")[0][0].title == "Größe"
    utf16 = '<?xml version="1.0" encoding="UTF-16"?>' + pubmed("<ArticleTitle>Größe</ArticleTitle>")
    assert read(utf16.encode("utf-16"), "x.xml")[0][0].title == "Größe"
