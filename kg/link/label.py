"""What an entity is called: the surface form that a reader would expect as its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.model import Paper, PaperEntity
from kg.text import fold


def choose_label(
    members: Iterable[tuple[Paper, PaperEntity]], short_forms: frozenset[str]
) -> tuple[str, tuple[str, ...]]:
    """The label and the sorted other forms.

    Forms that fold alike stand together; the group that most papers use wins, abbreviations (`short_forms`, as
    written) only where there is nothing else. In the group the variant wins that most papers write in running text:
    a form that a paper has in its title alone, in the case of headings, counts only where no other is found.
    """
    body: Counter[str] = Counter()
    title: Counter[str] = Counter()
    for paper, entity in members:
        limit = len(paper.title)
        forms = {(clean(m.text), 0 < m.end <= limit) for m in entity.mentions}
        body.update(form for form, in_title in forms if not in_title and form)
        title.update(form for form, in_title in forms if in_title and form)
    names = set(body) | set(title) or {"?"}
    groups: Counter[str] = Counter()
    for form in names:
        groups[fold(form)] += body[form] + title[form]
    long = {fold(form) for form in names - short_forms} or set(groups)
    best = min(long, key=lambda key: (-groups[key], -len(key), key))
    label = min(
        (form for form in names if fold(form) == best), key=lambda form: (-body[form], -title[form], len(form), form)
    )
    return label, tuple(sorted(names - {label}))


def clean(form: str) -> str:
    """The form on one line with single spaces."""
    return " ".join(form.split())
