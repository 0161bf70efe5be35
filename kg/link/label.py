"""What an entity is called: the surface form that a reader would expect as its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.link.names import read_name
from kg.model import Mention, Paper, PaperEntity

_HARDLY_ANY = 20  # times as many papers use the abbreviation alone


def choose_label(
    members: Iterable[tuple[Paper, PaperEntity]], mains: Iterable[str], short_forms: frozenset[str]
) -> tuple[str, tuple[str, ...]]:
    """The label and the sorted other forms.

    Only `mains`, the main names of the members, can be the label, and of them abbreviations (`short_forms`) only where
    there is nothing else, or hardly any paper writes it out. Forms that fold alike stand together, and the group that
    most papers use wins. In the group the variant wins that most papers write within sentences: a form from titles or
    the beginnings of sentences, whose case says nothing, counts only where no other is found.
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
        groups[read_name(form).light] += running[form] + leading[form]
    main = {read_name(form).light for form in mains if form not in short_forms} & groups.keys()
    written_out = max((groups[light] for light in main), default=0)
    known_by = {light for light in groups.keys() - main if groups[light] > _HARDLY_ANY * written_out} if main else set()
    known_by &= {read_name(form).light for form in short_forms}
    best = min(known_by or main or groups, key=lambda light: (-groups[light], -len(light), light))
    label = min(
        (form for form in names if read_name(form).light == best),
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
