"""Linking: entities of single papers become entities across papers, each merge with its reason."""

from __future__ import annotations

from kg.link.curation import Curation, load_curation
from kg.link.explanation import Explanation, explain
from kg.link.resolve import link_entities, resolve
from kg.link.vocabulary import match_vocabularies

__all__ = ["Curation", "Explanation", "explain", "link_entities", "load_curation", "match_vocabularies", "resolve"]
