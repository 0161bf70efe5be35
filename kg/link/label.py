"""What an entity is called: the surface form that a reader would expect as its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.model import Mention, Paper, PaperEntity
from kg.text import fold


def choose_label(
    members: Iterable[tuple[Paper, PaperEntity]], short_forms: frozenset[str]
) -> tuple[str, tuple[str, ...]]:
    """The label and the sorted other forms.

    Forms that fold alike stand together; the group that most papers use wins, abbreviations (`short_forms`, as
    written) only where there is nothing else. In the group the variant wins that most papers write within sentences:
    a form from titles or the beginnings of sentences, whose case says nothing, counts only where no other is found.
    """
    running: Counter[str] = Counter()
    leading: Counter[str] = Counter()
    for paper, entity in members:
        text = paper.text
        forms = {(clean(m.text), _leads(text, len(paper.title), m)) for m in entity.mentions}
        running.update(form for form, leads in forms if form and not leads)
        leading.update(form for form, leads in forms if form and leads)
    names = set(running) | set(leading) or {"?"}
    groups: Counter[str] = Counter()
    for form in names:
        groups[fold(form)] += running[form] + leading[form]
    long = {fold(form) for form in names - short_forms} or set(groups)
    best = min(long, key=lambda key: (-groups[key], -len(key), key))
    label = min(
        (form for form in names if fold(form) == best),
        key=lambda form: (-running[form], -leading[form], len(form), form),
    )
    return label, tuple(sorted(names - {label}))


def _leads(text: str, title: int, mention: Mention) -> bool:
    """Whether the mention is in the title or begins a sentence."""
    if mention.start >= mention.end:
        return False  # not placed
    before = text[: mention.start].rstrip()
    return mention.start < title or not before or before[-1] in ".!?:"


def clean(form: str) -> str:
    """The form on one line with single spaces."""
    return " ".join(form.split())
