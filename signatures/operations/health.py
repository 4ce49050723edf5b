"""Health endpoints. `alive`: this process answers. `ready`: it can do its work; the body names degraded parts."""

from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis import BlockingConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from signatures.mail.outbox_health import outbox_health

MAX_CONNECTIONS, WAIT_SECONDS = 2, 1  # connections of a process to the broker; seconds


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready(request: HttpRequest) -> HttpResponse:
    """`degraded` may contain: broker, worker (no heartbeat for 3 minutes), outbox (a mail due for 3 minutes)."""
    now = timezone.now()
    try:
        outbox = outbox_health(now=now)
    except DatabaseError:
        return JsonResponse({"ready": False, "degraded": ["database"]}, status=503)
    degraded = []
    if not _broker_answers():
        degraded.append("broker")
    if not outbox.is_worker_alive(now):
        degraded.append("worker")
    if outbox.is_late(now):
        degraded.append("outbox")
    response = JsonResponse({"ready": True, "degraded": degraded})
    response["Cache-Control"] = "no-store"
    return response


def _broker_answers() -> bool:
    try:
        return bool(_broker_client(settings.REDIS_URL).ping())
    except (RedisError, OSError):
        return False


@lru_cache(maxsize=1)
def _broker_client(address: str) -> Redis:
    """Keeps few connections open, however many requests come. A request that gets none within a second reports no
    broker."""
    options = {"max_connections": MAX_CONNECTIONS, "timeout": WAIT_SECONDS, "retry": Retry(NoBackoff(), 0)}
    pool = BlockingConnectionPool.from_url(
        address, socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS, **options
    )
    return Redis(connection_pool=pool)
