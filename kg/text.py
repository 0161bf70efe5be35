"""Folding of surface forms, shared by linking, reading and the scorer, and names made fit to show or to keep."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015_/]+")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def fold(surface: str) -> str:
    """Fold case, hyphens, spacing and the plural 's' of each word: forms that fold alike name the same thing.

    >>> fold("Convolutional Neural-Networks")
    'convolutional neural network'
    """
    words = _SEPARATORS.sub(" ", surface.casefold()).strip().split()
    return " ".join(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in words)


def slug(text: str, limit: int = 40) -> str:
    """A readable ASCII key part of at most `limit` characters: lower case, digits, hyphens; 'x' if nothing is left.

    >>> slug("Ünïcode & Co.")
    'unicode-co'
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", ascii_text).strip("-")[:limit].rstrip("-") or "x"


def shortened(text: object, limit: int) -> str:
    """`text` on one line of at most `limit` characters.

    >>> shortened("one two\\n three", 9)
    'one two…'
    """
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def spoken(relation: str) -> str:
    """The name of a relation as people read it.

    >>> spoken("usedFor")
    'used for'
    """
    return "".join(f" {c.lower()}" if c.isupper() else c for c in relation)


def storable(text: str) -> str:
    """Replace each character that UTF-8 or XML 1.0 cannot hold (lone surrogates, most controls) by one U+FFFD.

    The length in code points stays, so offsets into the text hold.

    >>> storable("a\\x00b\\ud800\\n") == "a\\ufffdb\\ufffd\\n"
    True
    """
    return _UNSTORABLE.sub("\ufffd", text)
