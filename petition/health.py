"""Alive: this process answers. Ready: it can do its work; what limps is told in the body, not in the status."""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from signatures.actions import outbox_health


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready(request: HttpRequest) -> HttpResponse:
    """`degraded` names what limps: broker, worker (no heartbeat for 3 minutes), outbox (a mail due for 3 minutes)."""
    now = timezone.now()
    try:
        outbox = outbox_health(now=now)
    except DatabaseError:
        return JsonResponse({"ready": False, "degraded": ["database"]}, status=503)
    degraded = []
    if not _broker_answers():
        degraded.append("broker")
    if not outbox.is_worker_seen(now):
        degraded.append("worker")
    if outbox.is_late(now):
        degraded.append("outbox")
    response = JsonResponse({"ready": True, "degraded": degraded})
    response["Cache-Control"] = "no-store"
    return response


def _broker_answers() -> bool:
    broker = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(broker.ping())
    except (RedisError, OSError):
        return False
    finally:
        broker.close()
