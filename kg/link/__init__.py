"""Linking: entities of single papers become entities across papers, each merge with its reason."""

from __future__ import annotations

from kg.link.resolve import link_entities, resolve

__all__ = ["link_entities", "resolve"]
