"""The store: what is kept, what is new, who holds the lock, and what is said when the file is no good."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.model import Extraction, ExtractorInfo, Mention, Paper, PaperEntity, Rejection
from kg.store import Store, content_hash, lock_holder, memory_store, open_store, write_store
from kg.workspace import LOCK

INFO = ExtractorInfo(name="x", version="1", hash="h")
PAPERS = [Paper(id=name, title=name, abstract=f"We present {name}.") for name in "cab"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with write_store(tmp_path) as opened:
        opened.replace_papers(PAPERS)
        yield opened


def found(paper: Paper) -> Extraction:
    mention = Mention(start=0, end=1, text=paper.title, score=0.5)
    return Extraction(id=paper.id, entities=(PaperEntity(id="e1", type="Method", mentions=(mention,)),))


def test_papers_come_back_sorted_whatever_their_order(store: Store) -> None:
    assert [p.id for p in store.papers()] == ["a", "b", "c"]
    assert set(store.papers()) == set(PAPERS)


def test_only_what_this_extractor_has_not_read_is_pending(store: Store) -> None:
    store.save(INFO, [(p, found(p)) for p in PAPERS[:2]])
    assert [p.id for p in store.pending(INFO)] == ["b"]
    assert list(store.extractions(INFO)) == [found(PAPERS[1]), found(PAPERS[0])]
    for other in (replace(INFO, version="2"), replace(INFO, hash="i")):
        assert len(store.pending(other)) == 3
        assert not list(store.extractions(other))


def test_a_changed_text_is_extracted_anew_and_changed_metadata_is_not(store: Store) -> None:
    store.save(INFO, [(p, found(p)) for p in PAPERS])
    store.replace_papers([replace(PAPERS[0], year=2020), replace(PAPERS[1], abstract="Other.")])
    assert [p.id for p in store.pending(INFO)] == [PAPERS[1].id]
    assert [p.year for p in store.papers()] == [None, 2020]


def test_an_extraction_follows_its_text_to_another_id(store: Store) -> None:
    store.save(INFO, [(PAPERS[0], found(PAPERS[0]))])
    store.replace_papers([replace(PAPERS[0], id="new"), replace(PAPERS[0], id="newer")])
    assert store.pending(INFO) == []
    assert [e.id for e in store.extractions(INFO)] == ["new", "newer"]


def test_of_papers_with_one_text_only_the_first_is_pending(store: Store) -> None:
    store.replace_papers([replace(PAPERS[0], id=name) for name in "zyx"])
    assert [p.id for p in store.pending(INFO)] == ["x"]


def test_two_papers_with_one_id_leave_the_store_as_it_was(store: Store) -> None:
    with pytest.raises(StoreError, match="two papers have the id 'c'"):
        store.replace_papers([PAPERS[0], replace(PAPERS[0], abstract="Other.")])
    assert set(store.papers()) == set(PAPERS)


def test_a_paper_without_id_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="a paper has no id: 'c"):
        store.replace_papers([replace(PAPERS[0], id="")])


def test_an_exception_undoes_a_transaction(store: Store) -> None:
    def broken() -> Iterator[Paper]:
        yield PAPERS[0]
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        store.replace_papers(broken())
    assert store.count_papers() == 3


def test_rejections_and_notes_are_kept(store: Store) -> None:
    rejections = [
        Rejection(source="f", line=3, reason="bad"),
        Rejection(source="f", line=None, reason="same", kind="duplicate", of="a"),
    ]
    store.save_rejections([rejections[1]])
    store.save_rejections(rejections)
    store.note("k", {"a": [1, None]})
    assert list(store.rejections()) == rejections
    assert store.noted("k") == {"a": [1, None]}
    assert store.noted("nothing") is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(exclude_categories=()), min_size=1), min_size=1, unique=True))
def test_any_text_survives_even_lone_surrogates(texts: list[str]) -> None:
    papers = [Paper(id=t, title=t, abstract=t, authors=(t,)) for t in texts]
    with memory_store() as store:
        store.replace_papers(papers)
        assert {p.id: p for p in store.papers()} == {p.id: p for p in papers}
        store.check()


def test_a_second_writer_is_told_who_holds_the_lock(store: Store) -> None:
    me = f"process {os.getpid()} on {socket.gethostname()} since 20"
    with pytest.raises(StoreError, match=f"being written by {me}"):
        write_store(store.folder)
    assert (lock_holder(store.folder) or "").startswith(me)


def test_readers_read_while_a_writer_writes(store: Store) -> None:
    with store.transaction(), open_store(store.folder) as reader:
        store._insert_papers([replace(PAPERS[0], id="d")])
        assert reader.count_papers() == 3
    with open_store(store.folder) as reader:
        assert reader.count_papers() == 4


def test_a_reader_cannot_write(store: Store) -> None:
    with open_store(store.folder) as reader, pytest.raises(StoreError, match="readonly"):
        reader.replace_papers([])


def test_the_lock_is_free_after_closing(tmp_path: Path) -> None:
    write_store(tmp_path).close()
    assert lock_holder(tmp_path) is None
    with write_store(tmp_path) as store:
        assert store.noted("holder")[0] == os.getpid()
        store.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == [LOCK, "kg.sqlite"]


def test_a_killed_writer_leaves_what_it_committed_and_no_lock(tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from kg.model import *
from kg.store import write_store
store = write_store(Path({str(tmp_path)!r}))
paper = Paper(id="a", title="", abstract="x")
store.replace_papers([paper])
store.save(ExtractorInfo(name="x", version="1", hash="h"), [(paper, Extraction(id="a"))])
with store.transaction():
    store._insert_papers([Paper(id="b", title="", abstract="y")])
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[1])
    assert done.returncode == -9
    assert lock_holder(tmp_path) is None
    with write_store(tmp_path) as store:
        store.check()
        assert [p.id for p in store.papers()] == ["a"]
        assert store.pending(INFO) == []


def test_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no workspace here.*kg build"):
        open_store(tmp_path)


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot make the workspace"):
        write_store(tmp_path / "file" / "out")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kg.sqlite").write_bytes(b"no database" * 100)
    for opening in (open_store, write_store):
        with pytest.raises(StoreError, match="not a database; move the file away"):
            opening(tmp_path)
    assert lock_holder(tmp_path) is None


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "kg.sqlite") as theirs:
        theirs.execute("CREATE TABLE papers (x)")
    theirs.close()
    before = (tmp_path / "kg.sqlite").read_bytes()
    for opening in (open_store, write_store):
        with pytest.raises(StoreError, match="no store of kg"):
            opening(tmp_path)
    assert (tmp_path / "kg.sqlite").read_bytes() == before


def test_another_version_is_refused(store: Store) -> None:
    store._db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="store version 99, this kg reads version 1"):
        open_store(store.folder)


def test_damage_is_found_by_the_check(store: Store) -> None:
    store.check()
    store._db.execute("UPDATE papers SET content = ? WHERE key = '\"a\"'", (content_hash(PAPERS[0]),))
    with pytest.raises(StoreError, match="does not fit its hash"):
        store.check()
    store._db.execute("UPDATE papers SET record = '{' WHERE key = '\"b\"'")
    with pytest.raises(StoreError, match="move the file away"):
        list(store.papers())
