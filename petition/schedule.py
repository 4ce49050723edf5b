"""The periodic tasks. A task that waited longer than its interval expires, because the next one follows."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

from signatures.privacy.limits import RETENTION_INTERVAL

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "send queued emails": {
        "task": "signatures.deliver",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "fold the tally": {"task": "signatures.fold", "schedule": 5.0, "options": {"expires": 5}},
    "queue update emails": {
        "task": "signatures.mail_updates",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "delete expired data": {
        "task": "signatures.forget",
        "schedule": crontab(minute=f"*/{RETENTION_INTERVAL // timedelta(minutes=1)}"),
        "options": {"expires": 600},
    },
    "process mail events": {
        "task": "signatures.heed_mail_events",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "queue reminders": {
        "task": "signatures.remind",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "continue imports": {"task": "signatures.work_on_imports", "schedule": 5.0, "options": {"expires": 5}},
    "continue rules": {"task": "signatures.work_on_rules", "schedule": 5.0, "options": {"expires": 5}},
    "continue batches": {
        "task": "signatures.work_on_many",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "recount signatures": {
        "task": "signatures.check_counts",
        "schedule": crontab(minute="7", hour="3"),
        "options": {"expires": 3600},
    },
    "count signatures by day": {
        "task": "signatures.count_growth",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "draw share images": {
        "task": "signatures.draw_pictures",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "build delivery bundles": {"task": "signatures.make_packs", "schedule": 30.0, "options": {"expires": 30}},
    "record heartbeat": {"task": "signatures.beat", "schedule": 30.0, "options": {"expires": 30}},
}
