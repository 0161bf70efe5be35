"""The straight line: read, drop duplicates, extract what is new, link, assemble, write."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar

import networkx as nx

from kg.errors import ConfigError, ReadError, StoreError
from kg.export import write, writer
from kg.graph import assemble
from kg.history import remember
from kg.link import load_curation, match_vocabularies, resolve
from kg.model import Extraction, ExtractorInfo, Notice, Paper, ReadReport, Rejection
from kg.query import build_store
from kg.read import read_papers
from kg.read.duplicates import deduplicate
from kg.schema import load_schema
from kg.settings import Settings, settings_from
from kg.snapshot import load, save_graph
from kg.store import Store, memory_store, write_store
from kg.workspace import CURATION, RDF_STORE, export_path, is_workspace

__all__ = ["BuildReport", "Extractor", "Progress", "build", "load"]

T = TypeVar("T")
Inputs = Iterable[str | Path | Paper] | str | Path

DEFAULT_FORMATS = ("ttl", "html", "report")
_BATCH = 32  # papers a transaction
_WORTH_A_WORKER = 200  # papers; starting a process costs as much as extracting about so many


class Extractor(Protocol):
    """What a build needs of an extractor; `kg.extract` is one. `extract` yields one record a paper, in order."""

    def extractor_info(self) -> ExtractorInfo: ...

    def extract(
        self, papers: Iterable[Paper], settings: Settings = ..., *, workers: int = ...
    ) -> Iterator[Extraction]: ...


class Progress(Protocol):
    """Wraps what is iterated to show how far it is, as tqdm does; `total` is None where it is not known."""

    def __call__(self, items: Iterable[T], doing: str, total: int | None = None) -> Iterable[T]: ...


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """What a build did.

    What was read, the number of papers, how many of them were extracted now, the rows of curation.tsv that could not
    be applied, what of vocabularies could not be used, the files written.
    """

    reading: ReadReport = field(default_factory=ReadReport)
    papers: int = 0
    extracted: int = 0
    curation: list[Rejection] = field(default_factory=list)
    vocabularies: list[Rejection] = field(default_factory=list)
    files: tuple[Path, ...] = ()


def no_progress(items: Iterable[T], doing: str, total: int | None = None) -> Iterable[T]:
    """Shows nothing."""
    return items


def build(
    inputs: Inputs | None,
    out: str | Path | None = None,
    settings: Settings | None = None,
    *,
    formats: Iterable[str] = DEFAULT_FORMATS,
    workers: int | None = None,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    extractor: Extractor | None = None,
    vocabularies: Iterable[str | Path] | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
    report: BuildReport | None = None,
) -> nx.MultiDiGraph:
    """Turn papers into a knowledge graph; order of papers and number of workers do not matter.

    `inputs` are files of papers or papers; None takes those that the workspace `out` holds already. With `out`, the
    workspace is left there: store, exports in `formats` (those of earlier builds are written again as well) and the
    SPARQL store; texts that this extractor has read before are not read again, and the corrections in its curation.tsv
    are applied. Without `out` nothing is written.
    `settings` are by default those that the workspace was built with; `vocabularies` and `changes` (setting: value),
    where given, take the place of theirs. `workers` follow from the work there is.
    `format`, `columns` and `strict` are those of `read_papers`. `report` is filled while building.

    Raises ReadError, StoreError, ExportError and ConfigError.
    """
    report = report if report is not None else BuildReport()
    formats = tuple(formats) if out is not None else ()
    for name in formats:
        writer(name)  # an unknown format is told before the work
    papers = None if inputs is None else _papers(inputs, report.reading, progress, format, columns, strict)
    if papers is None and (out is None or not is_workspace(Path(out))):
        raise StoreError(f"{out or 'memory'}: no papers here yet; name files of papers")
    with memory_store() if out is None else write_store(Path(out)) as store:
        if papers is not None:
            _keep(store, papers, report.reading)
        store.note("complete", False)
        settings = replace(settings or settings_from(store.noted("settings") or {}), **(changes or {}))
        settings = _settled(settings, vocabularies)
        store.note("settings", asdict(settings))
        report.papers = store.count_papers()
        extractor = extractor or _default_extractor(settings)
        report.extracted = _extract_new(store, extractor, settings, workers, progress)
        graph = _assemble(store, extractor, settings, report)
        if out is not None:
            report.files = _write(store, graph, Path(out), formats, progress)
            store.note("complete", True)
    return graph


def _keep(store: Store, papers: Iterable[Paper], reading: ReadReport) -> None:
    """Make `papers` those of the workspace, with what was told of reading them."""
    store.replace_papers(papers)
    store.save_rejections(reading.rejections)
    store.note("read", reading.read)
    store.note("notices", [asdict(notice) for notice in reading.notices])


def _settled(settings: Settings, vocabularies: Iterable[str | Path] | None) -> Settings:
    """The settings with the vocabularies given. Raises ConfigError where one is missing."""
    if vocabularies is not None:
        settings = replace(settings, vocabularies=tuple(str(Path(path).resolve()) for path in vocabularies))
    for path in settings.vocabularies:
        if not Path(path).is_file():
            raise ConfigError(
                f"{path}: no such vocabulary; 'kg build' names others with --vocabulary, or none with --no-vocabulary"
            )
    return settings


def _default_extractor(settings: Settings) -> Extractor:
    from kg import extract  # loads the model, so only where no other extractor is given

    return extract.Trained(settings.model) if settings.model else extract


def _papers(
    inputs: Inputs,
    report: ReadReport,
    progress: Progress,
    format: str | None,
    columns: Mapping[str, str] | None,
    strict: bool,
) -> list[Paper]:
    """The papers of `inputs` without duplicates. Raises ReadError where there is none, so that no work is undone."""
    items: list[str | Path | Paper] = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    given = [item for item in items if isinstance(item, Paper)]
    paths = [item for item in items if not isinstance(item, Paper)]
    found = read_papers(paths, format=format, columns=columns, strict=strict, report=report)
    papers = deduplicate(chain(given, progress(found, "reading")), report)
    report.read += len(given)
    if not papers:
        raise ReadError("no papers to build from", source=", ".join(map(str, paths)) or "papers")
    return papers


def _extract_new(
    store: Store, extractor: Extractor, settings: Settings, workers: int | None, progress: Progress
) -> int:
    """Extract the papers whose texts this extractor has not read, batch by batch; says how many there were."""
    info = extractor.extractor_info()
    papers = store.pending(info)
    if workers is None:
        workers = max(1, min(os.cpu_count() or 1, len(papers) // _WORTH_A_WORKER))
    # Everything is kept, so that another threshold needs no new extraction: linking applies the threshold.
    everything = replace(settings, min_score=0.0)
    pairs = iter(
        progress(
            zip(papers, extractor.extract(papers, everything, workers=workers), strict=True), "extracting", len(papers)
        )
    )
    while batch := list(islice(pairs, _BATCH)):
        store.save(info, batch)
    return len(papers)


def _assemble(store: Store, extractor: Extractor, settings: Settings, report: BuildReport) -> nx.MultiDiGraph:
    """Link what was extracted and correct it as the user says; keep the graph with what its report tells of reading."""
    info = extractor.extractor_info()
    calibration: dict[str, Any] = getattr(extractor, "calibration_measured", dict)()
    corrections = store.folder / CURATION
    curation = load_curation(corrections) if corrections.is_file() else None
    resolved = resolve(store.papers(), store.extractions(info), settings, curation=curation, problems=report.curation)
    if settings.vocabularies:
        paths = map(Path, settings.vocabularies)
        resolved = replace(resolved, entities=match_vocabularies(resolved.entities, paths, report.vocabularies))
    graph = assemble(resolved, load_schema(), extractor=info, settings=settings)
    graph.graph.update(read=store.noted("read"), rejections=[asdict(r) for r in store.rejections()])
    told = {"notices": store.noted("notices"), "calibration": calibration}
    graph.graph.update({name: value for name, value in told.items() if value})
    report.reading.notices += _foreign(resolved.papers)
    remember(store, graph)
    save_graph(store, graph)
    return graph


def _foreign(papers: Iterable[Paper]) -> Iterator[Notice]:
    """A notice for each language other than English: how many papers are in it, and the first of them."""
    found: dict[str, list[str]] = {}
    for paper in papers:
        if paper.language:
            found.setdefault(paper.language, []).append(paper.id)
    for language, ids in sorted(found.items()):
        number = "1 text reads" if len(ids) == 1 else f"{len(ids)} texts read"
        reason = f"{number} as another language than English ({language}); kept as papers, not extracted"
        yield Notice(
            source=f"paper {ids[0]}" if len(ids) == 1 else f"paper {ids[0]} and others", line=None, reason=reason
        )


def _write(
    store: Store, graph: nx.MultiDiGraph, folder: Path, formats: Iterable[str], progress: Progress
) -> tuple[Path, ...]:
    """Write the formats asked for now or by an earlier build, and the SPARQL store."""
    names = sorted({*formats, *(store.noted("formats") or ())})
    store.note("formats", names)
    files: list[Path] = []
    for name in progress(names, "writing", len(names)):
        files += write(graph, name, export_path(folder, name))
    build_store(graph, folder / RDF_STORE)
    return tuple(files)


class _CallableModule(ModuleType):
    """Lets `kg.build(...)` build although importing this module puts the module itself at `kg.build`."""

    __call__ = staticmethod(build)


sys.modules[__name__].__class__ = _CallableModule
