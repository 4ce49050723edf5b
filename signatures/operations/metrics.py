"""/-/metrics for Prometheus. Requests without the key get 404."""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from signatures.operations.measurements import Measure, collect_measurements

PREFIX = "undersigned_"


def metrics(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_KEY or not constant_time_compare(given, f"Bearer {settings.METRICS_KEY}"):
        raise Http404
    registry = CollectorRegistry()
    registry.register(MeasurementCollector(collect_measurements(now=timezone.now())))
    return HttpResponse(generate_latest(registry), CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


class MeasurementCollector(Collector):
    """Reads the database at each scrape, because no single process knows the numbers of all processes."""

    def __init__(self, measures: list[Measure]):
        self.measures = measures

    def collect(self) -> Iterator[Metric]:
        for measure in self.measures:
            family = CounterMetricFamily if measure.is_counter else GaugeMetricFamily
            metric = family(PREFIX + measure.name, measure.means, labels=measure.labels)
            for labels, value in sorted(measure.values.items()):
                metric.add_metric(labels, value)
            yield metric
