"""What the server counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Counter("kg_requests", "Requests answered.", ["method", "status"], registry=registry)
        self.queries = Counter("kg_queries", "Questions by how they ended.", ["outcome"], registry=registry)
        self.seconds = Histogram(
            "kg_query_seconds", "Time of a question, waiting included.", buckets=_SECONDS, registry=registry
        )
        self.bytes = Counter("kg_query_bytes", "Bytes of answers to questions.", registry=registry)
        self.waiting = Gauge("kg_queries_waiting", "Questions that wait for a worker.", registry=registry)
        self.running = Gauge("kg_queries_running", "Questions that a worker is at.", registry=registry)
        self.workers = Gauge("kg_workers", "Workers that are up.", registry=registry)
        self.ended = Counter("kg_workers_ended", "Workers that were ended, by reason.", ["reason"], registry=registry)
        self._registry = registry

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)
