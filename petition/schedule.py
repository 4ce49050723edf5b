"""What beat asks the worker to do, and how often. What has waited for longer than that is not done late: the next is on
its way."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

from signatures.web.limits import RETENTION_INTERVAL

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver what no hint announced": {
        "task": "signatures.deliver",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "fold the tally": {"task": "signatures.fold", "schedule": 5.0, "options": {"expires": 5}},
    "put updates into the outbox": {
        "task": "signatures.mail_updates",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "forget what its time is over for": {
        "task": "signatures.forget",
        "schedule": crontab(minute=f"*/{RETENTION_INTERVAL // timedelta(minutes=1)}"),
        "options": {"expires": 600},
    },
    "heed what a mail service reports": {
        "task": "signatures.heed_mail_events",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "remind who has not confirmed": {
        "task": "signatures.remind",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "go on with imports": {"task": "signatures.work_on_imports", "schedule": 5.0, "options": {"expires": 5}},
    "go on with rules": {"task": "signatures.work_on_rules", "schedule": 5.0, "options": {"expires": 5}},
    "go on with decisions about many": {
        "task": "signatures.work_on_many",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "count every signature anew": {
        "task": "signatures.check_counts",
        "schedule": crontab(minute="7", hour="3"),
        "options": {"expires": 3600},
    },
    "count who signed on which day": {
        "task": "signatures.count_growth",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "draw what others show beside a link": {
        "task": "signatures.draw_pictures",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "make delivery packs": {"task": "signatures.make_packs", "schedule": 30.0, "options": {"expires": 30}},
    "show that a worker works": {"task": "signatures.beat", "schedule": 30.0, "options": {"expires": 30}},
}
