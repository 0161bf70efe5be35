"""The log: one JSON object a line, for each request and whatever else there is to tell."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.serve.metrics import Metrics

ACCESS = logging.getLogger("kg.access")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LONGEST = 2000  # characters of a text in the log


class AccessLog:
    """Logs and counts each request once it is answered.

    Routes may add what they know to the dict at `scope["kg.log"]`. Neither headers nor tokens are logged.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told: dict[str, object] = scope.setdefault("kg.log", {})
        started = time.perf_counter()
        status, size = 500, 0

        async def count(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, count)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, str(status)).inc()
            taken = round(1000 * (time.perf_counter() - started), 1)
            client = scope["client"][0] if scope.get("client") else ""
            about = {"client": client, "method": scope["method"], "path": scope["path"], "status": status}
            ACCESS.info("request", extra={"about": {**about, "ms": taken, "bytes": size, **told}})


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"time": when, "level": record.levelname.lower(), "event": record.getMessage()}
        line |= getattr(record, "about", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(
            {key: v[:_LONGEST] if isinstance(v, str) and key != "error" else v for key, v in line.items()}
        )


def log_to(target: str) -> None:
    """Send the log to standard error (`-`), to the file of this name, which may be rotated, or nowhere (`off`).

    Raises OSError where the file cannot be opened.
    """
    handler: logging.Handler = logging.NullHandler()
    if target == "-":
        handler = logging.StreamHandler(sys.stderr)
    elif target != "off":
        handler = WatchedFileHandler(target, encoding="utf8")
    handler.setFormatter(_Lines())
    for name, level in (("kg.access", logging.INFO), ("kg.serve", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False
