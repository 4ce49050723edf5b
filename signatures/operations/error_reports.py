"""Reports errors to Sentry if a site uses it: the lines of code and the view or task, without personal data.

Only the fields listed here leave the site. Variables, requests, messages of exceptions and the name of the machine
stay. Messages may quote user input; the site's own log has them, masked (log_format.py).
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
        before_send_transaction=lambda event, _origin: None,
        enable_metrics=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        propagate_traces=False,
        send_client_reports=False,
        send_default_pii=False,
        spotlight=False,
    )


def redact_event(event: Any, _origin: Any) -> Any:
    """Returns the fields of an event that may leave, or None if it reports no exception.

    Sentry passes a dictionary with the original exception as `_origin`. It is not used.
    """
    exceptions = event.get("exception", {}).get("values")
    if not exceptions:
        return None
    redacted = {name: event[name] for name in EVENT_FIELDS if name in event}
    redacted["exception"] = {"values": [_exception(exception) for exception in exceptions]}
    redacted["transaction"] = _name(event.get("transaction"))
    return redacted


def _exception(exception: dict[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames", [])
    redacted = [{name: frame[name] for name in FRAME_FIELDS if name in frame} for frame in frames]
    return {**{name: exception.get(name) for name in EXCEPTION_FIELDS}, "stacktrace": {"frames": redacted}}


def _name(text: str | None) -> str:
    """Returns the name of a view or task, else "?". Without a name the SDK gives the path, which may contain a
    token."""
    return text if text and NAME_IN_CODE.fullmatch(text) else "?"
