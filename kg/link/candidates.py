"""Names that may be one entity, found by shared keys and scored by rules that a person can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.abbreviations import is_short_form
from kg.link.names import (
    ABILITY,
    LEARNING,
    MODEL,
    NETWORK,
    RATE,
    Name,
    compress,
    is_proper,
    read_name,
    split_head,
    stems,
    word_orders,
)
from kg.link.profiles import Profile
from kg.link.words import same_sense

Key = tuple[str, bool]  # the folded name of a group, and whether it is a proper name

_PERSPECTIVES = frozenset(("Method", "Task"))  # one activity is a method here and the problem there


@dataclass(frozen=True, slots=True)
class Link:
    """Why two names are one, and how sure that is (a probability)."""

    score: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Entities whose main names are alike after folding; all else is computed once from them."""

    key: Key
    profiles: tuple[Profile, ...]
    types: Counter[str]
    papers: frozenset[str]
    name: Name
    core: tuple[str, ...]  # words with abbreviations written out, redundant ones left out
    rest: tuple[str, ...]  # `core` without its generic head
    head: int  # the set of generic heads that `core` ends in, -1 if none
    named: bool  # `rest` is a name by itself: an abbreviation, or mostly written with a capital
    shorts: Counter[str]  # folded abbreviations, by number of papers that use them beside the name
    bare: bool

    @property
    def type(self) -> str:
        return min(self.types, key=lambda name: (-self.types[name], name))

    @property
    def order(self) -> tuple[int, int, str, bool]:
        """Well-supported names first, then longer ones."""
        return -len(self.papers), -len(self.key[0]), *self.key


def build_groups(profiles: Sequence[Profile]) -> list[Group]:
    """Groups in the order in which they are clustered."""
    found: dict[Key, list[Profile]] = {}
    for profile in choose_mains(profiles):
        found.setdefault((profile.main.light, is_proper(profile.main.form)), []).append(profile)
    names = {key: _usual([profile.main for profile in members]) for key, members in found.items()}
    expansions = _expansions(found, names)
    known = {name.light for key, name in names.items() if key[1] or _is_written_as_name(found[key])}
    groups = [_group(key, members, names[key], expansions, known) for key, members in found.items()]
    return sorted(groups, key=lambda group: group.order)


def choose_mains(profiles: Sequence[Profile]) -> Iterator[Profile]:
    """Profiles with the main name that most papers know, of those that are no shortening of the longest."""
    counts = Counter(profile.main.light for profile in profiles)
    for profile in profiles:
        longest = set(stems(profile.main.words))
        names = [n for n in profile.others if not is_short_form(n.form) and not set(stems(n.words)) < longest]
        best = min(names, key=lambda n: (-counts[n.light], n.light), default=profile.main)
        if counts[best.light] > counts[profile.main.light]:
            others = tuple(sorted({*profile.others, profile.main} - {best}, key=lambda name: name.light))
            yield replace(profile, main=best, others=others)
        else:
            yield profile


def _usual(names: Sequence[Name]) -> Name:
    words = Counter(name.words for name in names)
    best = min(words, key=lambda w: (-words[w], -len(w), w))  # of ties the one with most spaces
    forms = Counter(name for name in names if name.words == best)
    return min(forms, key=lambda name: (-forms[name], name.form))


def _is_written_as_name(members: Sequence[Profile]) -> bool:
    """Whether most of several papers write the one word with a capital."""
    capital = sum(profile.main.form[:1].isupper() for profile in members)
    return len(members) > 2 and 2 * capital > len(members) and len(members[0].main.words) == 1


def _group(
    key: Key,
    members: Sequence[Profile],
    name: Name,
    expansions: Mapping[str, tuple[str, ...]],
    known: Collection[str],
) -> Group:
    types = Counter(profile.type for profile in members)
    core = compress(expand(name, expansions))
    kind = min(types, key=lambda t: (-types[t], t))
    rest, head = split_head(core, kind)
    return Group(
        key=key,
        profiles=tuple(members),
        types=types,
        papers=frozenset(profile.paper for profile in members),
        name=name,
        core=core,
        rest=rest,
        head=head,
        named="".join(split_head(compress(name.words), kind)[0]) in known,
        shorts=Counter(short for profile in members for short in {short for short, _ in profile.shorts}),
        bare=all(profile.bare for profile in members),
    )


def _expansions(found: Mapping[Key, Sequence[Profile]], names: Mapping[Key, Name]) -> dict[str, tuple[str, ...]]:
    """Abbreviations that nearly all papers define alike, with the words that they stand for."""
    senses: dict[str, Counter[tuple[str, ...]]] = {}
    for key, members in found.items():
        for profile in members:
            for short in {short for short, _ in profile.shorts}:
                senses.setdefault(short, Counter())[names[key].words] += 1
    result = {}
    for short, counts in senses.items():
        words = min(counts, key=lambda w: (-counts[w], w))
        if counts[words] >= 0.7 * counts.total():
            result[short] = words
    return result


def expand(name: Name, expansions: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The words of the name with abbreviations written out."""
    if len(name.words) == 1:
        return name.words
    written = {read_name(part).light for part in name.form.replace("-", " ").split() if is_short_form(part)}
    if not written & expansions.keys():
        return name.words
    return tuple(w for word in name.words for w in (expansions.get(word, (word,)) if word in written else (word,)))


def block_keys(group: Group) -> Iterator[str]:
    """The keys under which groups find each other: whatever `link` accepts shares at least one."""
    yield "".join(group.core)
    yield "".join(group.rest)
    for words in (group.core, group.rest):
        for order in word_orders(words):
            yield "~" + "".join(stems(order))
    for short in sorted(group.shorts):
        yield "=" + short


def link(a: Group, b: Group) -> Link | None:
    """The best reason to take two groups for one, or None."""
    same = bool(a.types.keys() & b.types.keys())
    if a.key[0] == b.key[0]:
        return Link(0.99, "same form after folding case, hyphen, plural") if same else None
    heads = _same_head(a, b)
    if not same and not heads and not {a.type, b.type} <= _PERSPECTIVES:
        return None
    if "".join(a.core) == "".join(b.core):
        return Link(0.97, "same form with abbreviations written out and redundant words left out")
    if heads and "".join(a.rest) == "".join(b.rest):
        return Link(0.93, "same form without the generic head word")
    if (a.key[1] and len(a.core) == 1) or (b.key[1] and len(b.core) == 1):
        return None  # a proper name is not inflected
    score = _same_stems(a.core, b.core, same, metric=a.type == "Metric")
    if score:
        return Link(score, "same words in another form or order")
    if heads and _same_stems(a.rest, b.rest, True, metric=a.type == "Metric", participle=LEARNING in (a.head, b.head)):
        return Link(0.9, "same words in another form, without the generic head word")
    shared = _usual_shorts(a) & _usual_shorts(b)
    if shared and same and related(stems(a.core), stems(b.core)):
        return Link(0.9, f"both abbreviated as {min(shared).upper()}")
    return None


def _usual_shorts(group: Group) -> set[str]:
    """The abbreviations that papers usually put beside the name; another in one of many papers is of something else."""
    most = max(group.shorts.values(), default=0)
    least = max(most / 5, len(group.papers) / 20)
    return {short for short, papers in group.shorts.items() if papers >= least}


def _same_head(a: Group, b: Group) -> bool:
    """Whether two names may differ in their generic heads: they stand for each other, or one has none.

    A head is left off a method only where a name is before it ('BERT model', not 'mixture model') or another head
    ('neural network model'), and never if it is 'network', which is another thing than what it is made of ('ReLU
    network'). A network is an architecture, but a model only behind a name (not 'Bayesian model'). 'Rate' is left off
    only where more papers do without ('accuracy rate'). An ability measured here is the goal there.
    """
    if not a.types.keys() & b.types.keys():
        return {a.type, b.type} == {"Metric", "Task"} and ("Metric", ABILITY) in ((a.type, a.head), (b.type, b.head))
    if a.head == b.head:
        return True
    if {a.head, b.head} == {MODEL, NETWORK}:
        if a.type != "Method" or "neural" in a.name.words + b.name.words:
            return False
        return (a.named and b.named) or "model" not in (a.core[-1], b.core[-1])
    if -1 not in (a.head, b.head):
        return False
    headed, other = (a, b) if b.head == -1 else (b, a)
    if headed.type == "Method":
        return headed.head == LEARNING or (headed.named and headed.head != NETWORK) or headed.rest[-1] == "network"
    return (headed.type, headed.head) != ("Metric", RATE) or len(headed.papers) < len(other.papers)


def _same_stems(
    a: tuple[str, ...], b: tuple[str, ...], same_type: bool, *, metric: bool, participle: bool = False
) -> float:
    """How sure it is that two names differ in inflection, derivation or word order alone; 0 if they differ in more."""
    for left in word_orders(a):
        for right in word_orders(b):
            if "".join(stems(left)) != "".join(stems(right)):
                continue
            if len(left) != len(right):
                return 0.9 if same_type else 0.0
            modifiers = all(
                same_sense(x, y, head=False, metric=metric) for x, y in zip(left[:-1], right[:-1], strict=True)
            )
            if modifiers and (left[-1] == right[-1] or sorted(a) == sorted(b)):
                return 0.95
            if modifiers and same_type and (participle or same_sense(left[-1], right[-1], head=True)):
                return 0.92
    return 0.0


def types_agree(a: Collection[str], b: Collection[str]) -> bool:
    """Whether entities of these types can be one: they share a type, or are a method here and a task there."""
    return bool(set(a) & set(b)) or {*a, *b} <= _PERSPECTIVES


def related(a: Iterable[str], b: Iterable[str]) -> bool:
    """Whether one name is a shortening of the other, or three in five of all their words are shared.

    Where half are shared, the rest tells two things apart ('deep', 'distributional reinforcement learning').
    """
    left, right = set(a), set(b)
    shared = len(left & right)
    return shared == min(len(left), len(right)) or 5 * shared >= 3 * len(left | right)
