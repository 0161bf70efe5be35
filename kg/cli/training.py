"""The command that fine-tunes the extractor: train."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.arguments import key_values, model_type
from kg.cli.printing import one_line
from kg.cli.progress import counter
from kg.errors import ConfigError

if TYPE_CHECKING:
    from kg.model import Rejection
    from kg.train.data import Example

_SHOWN = 20
_NEEDED = ("torch", "onnx")
_FEW = 50  # annotated texts, below which a gain is luck
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("data", nargs=-1, required=True, type=_file)
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the model.")
@click.option("--papers", type=_file, multiple=True, help="Texts of records that hold none; by default DATA's .papers.")
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="NAME=TYPE",
    help="What a label means: Method, Task, Dataset, Metric, Value (a reported number); nothing leaves it out.",
)
@click.option("--model", type=model_type, help="Model to start from; by default the shipped one.")
@click.option("--epochs", type=click.IntRange(1), default=4, show_default=True, help="Passes over the data.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), default=3e-5, show_default=True, help="Learning rate.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True, help="CPU threads.")
@click.option("--check", "--dry-run", is_flag=True, help="Check the annotations and stop; exit code 1 for faults.")
def train(
    data: tuple[Path, ...],
    out: Path | None,
    papers: tuple[Path, ...],
    labels: tuple[str, ...],
    model: Path | None,
    epochs: int,
    rate: float,
    threads: int,
    check: bool,
) -> None:
    """Fine-tune the extractor on the annotated texts of DATA.

    Takes JSON Lines of three kinds: our own format (entities with mentions, relations, results; see
    docs/extraction.md), Prodigy's (spans, relations) and doccano's (label or entities, relations). What is not
    annotated is kept as the model finds it. Training needs the extra: pip install 'abstract-kg[train]'.

    \b
    Examples:
      kg train gold.jsonl --check                       what is in it, and what is wrong with it
      kg train gold.jsonl --papers papers.jsonl -o mine
      kg train prodigy.jsonl --label MODEL=Method --label PERSON= -o mine
      kg build papers.jsonl --settings mine/kg.toml     read with it
    """
    if out is None and not check:
        raise click.UsageError("name the folder for the model with -o, or check the annotations with --check")
    if not check:
        _need_extra()
    from kg.extract.model import SHIPPED

    examples, problems = _load(data, papers, key_values("--label", labels), model or SHIPPED)
    _tell(examples, problems)
    if check or out is None:
        raise click.exceptions.Exit(1 if problems else 0)
    if not examples:
        raise ConfigError(f"{data[0]}: no annotated text to learn from")
    _train(examples, model or SHIPPED, out, epochs, rate, threads)


def _train(examples: Sequence[Example], start: Path, out: Path, epochs: int, rate: float, threads: int) -> None:
    from kg.train.finetune import SETTINGS, finetune, use_threads
    from kg.train.fit import Plan

    use_threads(threads)
    plan = Plan(epochs=epochs, encoder_rate=rate, head_rate=5 * rate, warm_up=0.1, average=0.98, distract_from=epochs)
    with counter("training") as advance:
        finetune(examples, start, out, plan, _stepping(advance))
    where = one_line(str(out))
    click.echo(
        f"{where}: a model trained on {len(examples)} texts\nNext: kg build PAPERS --settings {where}/{SETTINGS}"
    )


def _stepping(advance: Callable[[int, int, str], None]) -> Callable[[int, int, Mapping[str, float]], None]:
    def tell(step: int, steps: int, losses: Mapping[str, float]) -> None:
        advance(step, steps, f"loss {sum(losses.values()):.2f}")

    return tell


def _need_extra() -> None:
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        raise ConfigError(
            f"training needs {' and '.join(missing)}, which the extra brings: pip install 'abstract-kg[train]'; "
            "'kg train DATA --check' works without"
        )


def _load(
    data: Sequence[Path], papers: Sequence[Path], labels: Mapping[str, str], start: Path
) -> tuple[list[Example], list[Rejection]]:
    """The examples of the files, and what is wrong with them."""
    from kg.read import read_papers
    from kg.schema import load_schema
    from kg.train.annotations import LABELS, read_annotations, to_examples
    from kg.train.data import Words

    for name, kind in labels.items():
        if kind and kind not in LABELS:
            raise click.UsageError(f"--label {name}={kind}: no such type; choose from {', '.join(LABELS)}")
    beside = [path for file in data if (path := file.with_suffix(".papers.jsonl")).is_file()]
    texts = {paper.id: paper for paper in read_papers(papers or beside)}
    problems: list[Rejection] = []
    annotations = list(read_annotations(data, texts, labels, problems))
    examples = list(to_examples(annotations, Words(start / "tokenizer.json"), load_schema(), problems))
    return [example for example in examples if example.spans], problems


def _tell(examples: Sequence[Example], problems: Sequence[Rejection]) -> None:
    """What there is to learn from, on the output; what is wrong, on standard error."""
    from kg.train.annotations import LABELS

    for problem in problems[:_SHOWN]:
        click.echo(one_line(f"{problem.source}:{problem.line}: {problem.reason}"), err=True)
    if (more := len(problems) - _SHOWN) > 0:
        click.echo(f"... and {more} more", err=True)
    spans = Counter(LABELS[label - 1] for example in examples for label in example.spans.values())
    relations = sum(len(e.relations) for e in examples if "relation" not in e.taught)
    counted = ", ".join(f"{spans[label]} {label}" for label in LABELS if spans[label])
    click.echo(f"{len(examples)} texts: {counted or 'nothing'}; {relations} relations; faults: {len(problems)}")
    if 0 < len(examples) < _FEW:
        click.echo(f"{len(examples)} texts are few; expect little, and measure it with texts kept apart", err=True)
