"""What each entity of a paper is called: its main name, its abbreviations, its other names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.abbreviations import find_abbreviations, is_short_form, match_long_form
from kg.link.names import HEADS, Name, abbreviates, is_proper, read_name, split_head
from kg.model import Extraction, PaperEntity


@dataclass(frozen=True, slots=True)
class Profile:
    """One entity of one paper.

    `main` is its longest full name, or its abbreviation where the paper gives nothing else (`bare`). `shorts` are the
    folded abbreviations of the main name; `others` its further full names.
    """

    paper: str
    entity: str
    type: str
    main: Name
    bare: bool
    shorts: tuple[tuple[str, str], ...]  # (folded, as written), sorted
    others: tuple[Name, ...]
    defined: bool = False  # the text defines the abbreviation, which is all that is mentioned

    @property
    def member(self) -> tuple[str, str]:
        return self.paper, self.entity

    @property
    def used(self) -> str:
        """The main name as the entity's mentions have it."""
        return self.shorts[0][1] if self.defined else self.main.form


def read_profiles(extractions: Sequence[Extraction], texts: Mapping[str, str]) -> Iterator[Profile]:
    """The profile of every entity, in order; `texts` (by paper id) give the definitions of abbreviations."""
    for extraction in extractions:
        text = texts.get(extraction.id, "")
        defined = {
            read_name(text[a:b]).light: " ".join(text[c:d].split()) for a, b, c, d in reversed(find_abbreviations(text))
        }
        for entity in extraction.entities:
            yield _profile(extraction.id, entity, defined)


def _profile(paper: str, entity: PaperEntity, defined: Mapping[str, str]) -> Profile:
    forms = sorted({" ".join(m.text.split()) for m in entity.mentions} - {""}, key=lambda form: (-len(form), form))
    shorts = {form for form in forms if any(abbreviates(form, long) for long in forms)}
    long = [form for form in forms if form not in shorts]
    definition = defined.get(read_name(long[0]).light) if not shorts and len(long) == 1 else None
    if definition:
        shorts, long = {long[0]}, [definition]
    long.sort(key=lambda form: (-_content(read_name(form), entity.type), -len(form), form))
    coined = _coined(Counter(" ".join(m.text.split()) for m in entity.mentions), long)
    spelt_out = {form for form in long if _spelt_out(form, long[0], shorts, entity.type)}
    long.sort(key=lambda form: (form not in spelt_out, form != coined))
    main = read_name(long[0] if long else "?")
    shorts = {form for form in shorts if definition or abbreviates(form, long[0]) or not _part_abbreviated(form, long)}
    others = {name.light: name for name in map(read_name, reversed(long[1:])) if name.light != main.light}
    return Profile(
        paper=paper,
        entity=entity.id,
        type=entity.type,
        main=main,
        bare=not shorts and is_short_form(main.form) and " " not in main.form,
        shorts=tuple(sorted((read_name(form).light, form) for form in shorts)),
        others=tuple(others[key] for key in sorted(others)),
        defined=bool(definition),
    )


def _content(name: Name, type: str) -> int:
    """The number of words without generic heads."""
    return len([word for word in split_head(name.words, type)[0] if word != "based"])


def _coined(uses: Mapping[str, int], long: list[str]) -> str | None:
    """The proper name of one word that the paper uses most, before the description it gives once ('Plover: a ...').

    What abbreviates the end of another name ('MPs' beside 'learned movement primitives') is none.
    """
    names = [form for form in long if " " not in form and (is_proper(form) or form[0].isupper())]
    names = [form for form in names if not any(_ends_in_what_it_abbreviates(form, other) for other in long)]
    most = max(names, key=lambda form: (uses[form], form), default=None)
    return most if most and uses[most] > max((uses[form] for form in long if form != most), default=0) else None


def _ends_in_what_it_abbreviates(short: str, name: str) -> bool:
    """Whether `short` is formed of the first letters of the last two words of `name`, or more."""
    if not is_short_form(short) or len(name.split()) < 3:
        return False
    start = match_long_form(short, name)
    return start is not None and start > 0 and len(name[start:].split()) >= 2


def _spelt_out(form: str, longest: str, shorts: set[str], type: str) -> bool:
    """Whether an abbreviation stands for just this form, and the longest adds but a generic head: 'RAG models'."""
    words, most = read_name(form).words, read_name(longest).words
    return (
        most[:-1] == words
        and any(most[-1] in heads for heads in HEADS.get(type, ()))
        and any(len(read_name(short).light) == len(words) and abbreviates(short, form) for short in shorts)
    )


def _part_abbreviated(short: str, long: list[str]) -> bool:
    """Whether `short` stands for a shorter name within the main one: 'RL' beside 'deep reinforcement learning'."""
    main = set(read_name(long[0]).words)
    return any(abbreviates(short, form) and set(read_name(form).words) < main for form in long[1:])
