"""Failures told to Sentry, where a site has one: which line of the code, on the way to what. Never of whom.

What leaves is listed here; whatever else the SDK gathers (variables, requests, messages of exceptions, the machine's
name) stays. A message may quote what was typed: it is in the site's own log, masked (signatures/operations/log_format.py).
"""

import re
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration

EVENT_FIELDS = "event_id", "timestamp", "level", "platform", "environment", "release", "sdk"
EXCEPTION_FIELDS = "type", "module"
FRAME_FIELDS = "filename", "function", "module", "lineno", "pre_context", "context_line", "post_context", "in_app"
NAME_IN_CODE = re.compile(r"[\w.<>]+")


def start(dsn: str) -> None:
    sentry_sdk.init(
        dsn,
        integrations=[
            AtexitIntegration(callback=lambda pending, timeout: None),
            CeleryIntegration(),
            DedupeIntegration(),
            DjangoIntegration(transaction_style="function_name"),
            ExcepthookIntegration(),
        ],
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        before_send=redact_event,
        before_send_transaction=lambda event, hint: None,
        enable_metrics=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        propagate_traces=False,
        send_client_reports=False,
        send_default_pii=False,
        spotlight=False,
    )


def redact_event(event: Any, hint: Any) -> Any:
    """What may leave of an event; None where nothing failed."""
    raised = event.get("exception", {}).get("values")
    if not raised:
        return None
    told = {name: event[name] for name in EVENT_FIELDS if name in event}
    told["exception"] = {"values": [_exception(each) for each in raised]}
    told["transaction"] = _name(event.get("transaction"))
    return told


def _exception(raised: dict[str, Any]) -> dict[str, Any]:
    frames = (raised.get("stacktrace") or {}).get("frames", [])
    kept = [{name: frame[name] for name in FRAME_FIELDS if name in frame} for frame in frames]
    return {**{name: raised.get(name) for name in EXCEPTION_FIELDS}, "stacktrace": {"frames": kept}}


def _name(text: str | None) -> str:
    """Of a view or a task. Where the SDK knows none it gives the path, in which a link may stand."""
    return text if text and NAME_IN_CODE.fullmatch(text) else "?"
