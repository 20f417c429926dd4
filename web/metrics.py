"""What /metrics says, in Prometheus' format. It counts; who is counted, it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_GAPS = (0.01, 0.02, 0.03, 0.035, 0.04, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5)  # seconds; 30 frames/s are 0.033

Read = Callable[[], Mapping[str, float]]


class Metrics(Collector):
    """The metrics of one application: pushed for frames, read from their owners at every scrape for all else."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._frames = Counter("playlab_frames", "Playground frames sent", registry=self._registry)
        self._gaps = Histogram(
            "playlab_frame_gap_seconds", "Time between two frames of a session that trains",
            buckets=_GAPS, registry=self._registry,
        )  # fmt: skip
        self._reads: list[tuple[type[GaugeMetricFamily | CounterMetricFamily], str, str, str, Read]] = []
        ProcessCollector(registry=self._registry)
        self._registry.register(self)

    def note_frame(self, gap: float | None) -> None:
        """A frame was sent, `gap` seconds after the one before; None where the session did not train in between."""
        self._frames.inc()
        if gap is not None:
            self._gaps.observe(gap)

    def gauge(self, name: str, about: str, label: str, read: Read) -> None:
        """A value for each key of what `read` returns, which goes up and down."""
        self._reads.append((GaugeMetricFamily, name, about, label, read))

    def counter(self, name: str, about: str, label: str, read: Read) -> None:
        """A value for each key of what `read` returns, which only goes up."""
        self._reads.append((CounterMetricFamily, name, about, label, read))

    def collect(self) -> Iterable[Metric]:
        """For prometheus_client."""
        for family, name, about, label, read in self._reads:
            metric = family(name, about, labels=[label])
            for key, value in read().items():
                metric.add_metric([key], value)
            yield metric

    def page(self) -> bytes:
        """The text of /metrics, of type CONTENT_TYPE."""
        return generate_latest(self._registry)
