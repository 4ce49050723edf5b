"""/-/metrics, for Prometheus: behind a key, and for whoever has none not there at all."""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from signatures.operations.measurements import Measure, measure

PREFIX = "undersigned_"


def metrics(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_KEY or not constant_time_compare(given, f"Bearer {settings.METRICS_KEY}"):
        raise Http404
    registry = CollectorRegistry()
    registry.register(MeasurementCollector(measure(now=timezone.now())))
    return HttpResponse(generate_latest(registry), CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


class MeasurementCollector(Collector):
    """Read anew for each scrape. Many processes serve the site, and none of them could tell the numbers of all."""

    def __init__(self, measures: list[Measure]):
        self.measures = measures

    def collect(self) -> Iterator[Metric]:
        for each in self.measures:
            family = CounterMetricFamily if each.is_counter else GaugeMetricFamily
            metric = family(PREFIX + each.name, each.means, labels=each.labels)
            for labels, value in sorted(each.values.items()):
                metric.add_metric(labels, value)
            yield metric
