"""Counters and timings for Prometheus: routes, statuses and durations, never content."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The measurements of one application; each has its own registry, so several can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("langnghe_requests_total", "Requests", ["method", "route", "status"],
                                 registry=self.registry)  # fmt: skip
        self._seconds = Histogram("langnghe_request_seconds", "Duration of requests", ["route"], buckets=_BUCKETS,
                                  registry=self.registry)  # fmt: skip
        self.classified = Counter("langnghe_petitions_classified_total", "Petitions read", ["outcome"],
                                  registry=self.registry)  # fmt: skip
        self.extracted = Counter("langnghe_reports_extracted_total", "Reports read", ["outcome"],
                                 registry=self.registry)  # fmt: skip
        self.waiting = Gauge("langnghe_gate_waiting", "Work that waits for a processor", ["gate"],
                             registry=self.registry)  # fmt: skip
        self.jobs = Gauge("langnghe_jobs", "Background jobs", ["state"], registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)
