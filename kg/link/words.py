"""English words in one form: singular, American spelling, stem. Rules of the language, no names of any field."""

from __future__ import annotations

import re
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer  # type: ignore[import-untyped]

_STEMMER = EnglishStemmer()

_IRREGULAR = {
    "analyses": "analysis",
    "axes": "axis",
    "biases": "bias",
    "caches": "cache",
    "children": "child",
    "cookies": "cookie",
    "corpora": "corpus",
    "crises": "crisis",
    "criteria": "criterion",
    "halves": "half",
    "hypotheses": "hypothesis",
    "indices": "index",
    "lenses": "lens",
    "matrices": "matrix",
    "maxima": "maximum",
    "minima": "minimum",
    "movies": "movie",
    "optima": "optimum",
    "people": "person",
    "phenomena": "phenomenon",
    "spectra": "spectrum",
    "syntheses": "synthesis",
    "theses": "thesis",
    "vertices": "vertex",
}
_NO_PLURAL = re.compile(
    r"(?:ss|us|is|ias|ics|series|species)$|^(?:news|lens|always|perhaps|towards|chaos|gas|canvas|atlas)$"
)
# Words in -ise that no American spells with z.
_ISE_STAYS = re.compile(
    r"^(?:noise|denoise|poise|raise|praise|rise|arise|sunrise|wise|precise|concise|excise|exercise|promise|premise|demise"
    r"|compromise|surprise|enterprise|comprise|disguise|cruise|bruise|franchise|merchandise|paradise|expertise|treatise"
    r"|advertise|disease|advise|devise|revise|televise|improvise|supervise|likewise|otherwise|\w+wise)$"
)
_ISE = re.compile(r"^(\w{3,})is(e|ed|er|ing|ation|ational|able)$")
_YSE = re.compile(r"^(\w*(?:anal|paral|catal|electrol|hydrol))ys(e|ed|er|ing)$")
_OUR = re.compile(
    r"^(\w*(?:behavi|neighb|harb|endeav|col|fav|lab|tum|vap|arm|hon|hum|flav|rum|od|sav|vig))our(\w{0,8})$"
)
_DOUBLE_L = re.compile(
    r"^(\w*(?:model|label|travel|signal|cancel|level|tunnel|channel|fuel|marshal|total|spiral|equal|parcel|pencil|panel))"
    r"l(ing|ed|er)$"
)
_RE = re.compile(r"^(\w*)(cent|fib|met|lit|theat|calib|spect)re$")
_OGUE = re.compile(r"^(\w*(?:dial|catal|anal|monol))ogue$")
_AMERICAN = {
    "acknowledgement": "acknowledgment",
    "ageing": "aging",
    "artefact": "artifact",
    "defence": "defense",
    "grey": "gray",
    "judgement": "judgment",
    "licence": "license",
    "offence": "offense",
    "paediatric": "pediatric",
    "pretence": "pretense",
    "programme": "program",
    "sceptic": "skeptic",
}
# Latin verbs whose noun has another stem: 'recognition' beside 'recognize', 'reduction' beside 'reduce'.
_ALTERNATIONS = (
    (re.compile(r"ifi$"), "if"),
    (re.compile(r"cognit$"), "cogn"),
    (re.compile(r"(duc|struc)t$"), r"\1"),
    (re.compile(r"(?<=.)script$"), "scrib"),
    (re.compile(r"olut$"), "olv"),
    (re.compile(r"(?:lysi|lyz|lyt|lys)$"), "lys"),
    (re.compile(r"thesi$|thet$"), "thes"),
    (re.compile(r"(?<=.)cept$"), "ceiv"),
    (re.compile(r"prehens$"), "prehend"),
    (re.compile(r"(?<=.{2})vers$"), "vert"),
)
# What is made general is not what is general: 'generalized', 'localization' and 'normalizer' keep their 'iz'.
_MADE = re.compile(r"^(?!\w*(?:recogn|synthes))(\w{3,}iz)(?:e|ed|er|ing|ation|able|ability)$")


@lru_cache(maxsize=1 << 17)
def lemma(word: str) -> str:
    """The singular of a case-folded word in American spelling.

    >>> [lemma(word) for word in ("networks", "analyses", "classes", "optimisation", "supervised", "behaviours")]
    ['network', 'analysis', 'class', 'optimization', 'supervised', 'behavior']
    """
    return american(singular(word))


def singular(word: str) -> str:
    """The singular of a case-folded noun; other words in -s come out alike whatever their number.

    >>> [singular(word) for word in ("policies", "losses", "patches", "bias", "semantics", "gas", "databases")]
    ['policy', 'loss', 'patch', 'bias', 'semantics', 'gas', 'database']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or _NO_PLURAL.search(word):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def american(word: str) -> str:
    """The American spelling of a case-folded word.

    >>> [american(word) for word in ("optimise", "noise", "modelling", "centre", "dialogue", "analysing", "colour")]
    ['optimize', 'noise', 'modeling', 'center', 'dialog', 'analyzing', 'color']
    """
    if word in _AMERICAN:
        return _AMERICAN[word]
    match = _ISE.match(word)
    if match and not _ISE_STAYS.match(match[1] + "ise"):
        return f"{match[1]}iz{match[2]}"
    word = _YSE.sub(r"\1yz\2", word)
    word = _OUR.sub(r"\1or\2", word)
    word = _DOUBLE_L.sub(r"\1\2", word)
    return _OGUE.sub(r"\1og", _RE.sub(r"\1\2er", word))


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """The stem of a lemma: what 'recognition', 'recognizing' and 'recognizer' share (Snowball English, Latin nouns).

    >>> [stem(word) for word in ("recognition", "recognize", "classifying", "classification", "reduction", "reducing")]
    ['recogn', 'recogn', 'classif', 'classif', 'reduc', 'reduc']
    """
    made = _MADE.match(word)
    if made:
        return made[1]
    root, before = word, ""
    while root != before:  # 'dimensionality' over 'dimension' to what 'dimension' gives
        root, before = _STEMMER.stemWord(root), root
    for pattern, replacement in _ALTERNATIONS:
        root = pattern.sub(replacement, root)
    return root.removesuffix("e") if len(root) > 3 else root


_SUFFIX = re.compile(
    r"(?<=\w{2})(?:(ionality|ional|ions?|ability|ibility|ivity|ality|ive|ical|ics?|al|able|ible|ing|ed|er|or|ment|ness|ly|ous"
    r"|ence|ance|ent|ant|ism|ist|ity|ee|y))$"
)
# Endings between which the meaning holds, of the head of a name ('segmenting', 'segmentation') ...
_HEAD_PAIRS = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "ing/ion",
        "ing/",
        "ing/ment",
        "ing/al",
        "ing/y",
        "ion/",
        "ion/ability",
        "ion/y",
        "/ment",
        "/ability",
        "ive/ivity",
        "ic/ical",
    )
)
# ... and of a modifier ('computation cost', 'computational cost').
_MODIFIER_PAIRS = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "al/",
        "ion/ional",
        "ion/ionality",
        "ional/ionality",
        "ic/",
        "/ical",
        "ic/ical",
        "er/ion",
        "ing/ion",
        "ality/al",
    )
)


def same_sense(a: str, b: str, *, head: bool, metric: bool = False) -> bool:
    """Whether two words of one stem mean the same as the head of a name, or as a modifier in it.

    In a metric, what is predictive is measured of the prediction: 'predictive accuracy'.

    >>> same_sense("segmenting", "segmentation", head=True), same_sense("computational", "computation", head=False)
    (True, True)
    >>> same_sense("distributed", "distribution", head=False), same_sense("classifier", "classification", head=True)
    (False, False)
    """
    if a == b:
        return True
    endings = frozenset((_ending(a), _ending(b)))
    return (
        len(endings) == 1
        or (metric and endings == {"ion", "ive"})
        or endings in (_HEAD_PAIRS if head else _MODIFIER_PAIRS)
    )


def _ending(word: str) -> str:
    match = _SUFFIX.search(word)
    return match[1] if match else ""
