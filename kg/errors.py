"""The exception tree. Every error says what, where, why and what would work, and carries its data."""

from __future__ import annotations


class KgError(Exception):
    """Base of all errors that a user can mend; the command line prints it and exits with 2."""


class ReadError(KgError):
    """A record or file of papers cannot be read.

    Carries `source` (file name as the user gave it) and `line` (1-based line or record number, or None).
    """

    def __init__(self, message: str, *, source: str, line: int | None = None) -> None:
        place = f"{source}:{line}" if line is not None else source
        super().__init__(f"{place}: {message}")
        self.source = source
        self.line = line
        self.reason = message


class ConfigError(KgError):
    """A setting, a schema file or a model file is missing or malformed."""


class StoreError(KgError):
    """The workspace's store is missing, locked, damaged or of an unknown version."""


class ExportError(KgError):
    """A format is unknown or a target cannot be written."""


class QueryError(KgError):
    """A SPARQL query is malformed, not permitted, or its parameters do not fit."""
