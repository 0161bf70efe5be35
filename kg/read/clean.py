"""Text as it may stand in a record: one line, single spaces, nothing that XML or UTF-8 cannot carry."""

from __future__ import annotations

import html
import re
from html.entities import html5

_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(
    r"</?(?:(?:jats|mml|m):[\w-]+|p|i|b|u|em|strong|bold|italic|sub|sup|sc|tt|br|span|div|sec|title|abstract|list|"
    r"list-item|ul|ol|li|h[1-6]|inline-formula|disp-formula|tex-math|math|mrow|mi|mo|mn|msub|msup|msubsup|mtext|"
    r"mspace|mfrac|mover|semantics|annotation|xref|ext-link|a|scp|monospace|underline)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(r"</?(?:jats:)?(?:p|br|div|sec|title|list|list-item|ul|ol|li|h[1-6])\b", re.IGNORECASE)
_HEADING = re.compile(r"<(jats:)?title>\s*(?:abstract|summary)\s*</(jats:)?title>", re.IGNORECASE)


def clean(text: str) -> str:
    """Join the lines, fold white space to single spaces, and replace what no file format can carry.

    Lone surrogates, control characters and non-characters become U+FFFD, one for one; C1 controls, which are
    Windows-1252 read as Latin-1, become the characters that were meant.

    >>> clean(" Deep\\n learning\\x00 \\x93works\\x94 ")
    'Deep learning\\ufffd “works”'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = " ".join(text.strip("\ufeff\u200b").split())
    return _ODD.sub(_replacement, text)


def strip_markup(text: str) -> str:
    """Unescape HTML entities and drop HTML, JATS and MathML tags, keeping their text; then `clean`.

    Only names of known elements count as tags, so that 'x < y and z > w' stays.

    >>> strip_markup("<jats:title>Abstract</jats:title><jats:p>A &lt;i&gt;b&lt;/i&gt; &amp; c: x < y</jats:p>")
    'A b & c: x < y'
    """
    text = _ENTITY.sub(_character, text)
    if "<" in text:
        text = _TAG.sub(lambda match: " " if _BLOCK_TAG.match(match.group()) else "", _HEADING.sub(" ", text))
    return clean(_ENTITY.sub(_character, text))


def _character(match: re.Match[str]) -> str:
    reference = match.group()
    return html.unescape(reference) if reference[1] == "#" or reference[1:] in html5 else reference


def _replacement(match: re.Match[str]) -> str:
    if "\x80" <= match.group() <= "\x9f":
        return match.group().encode("latin-1").decode("cp1252", "replace")
    return "\ufffd"
