"""/-/mail-events: the webhook for reports of a mail service, which its signature or password authenticates."""

import logging

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from signatures.mail.bounces import DeliveryReport, store_mail_events
from signatures.mail.models.mail_event import MailEvent
from signatures.mail.services import SERVICES
from signatures.web import errors

logger = logging.getLogger(__name__)

PERMANENT_REASONS = {RejectReason.BOUNCED, RejectReason.INVALID}
KINDS = {
    EventType.COMPLAINED: MailEvent.Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: MailEvent.Kind.UNSUBSCRIBED,
}


@csrf_exempt
def mail_events(request: HttpRequest) -> HttpResponse:
    if settings.MAIL_EVENTS == "none":
        raise Http404
    if request.method != "POST":
        return HttpResponse(headers={"Cache-Control": "no-store"})  # some services check the address with GET or HEAD
    try:
        reports = [report for event in _events(request) if (report := _report(event))]
    except RequestDataTooBig:
        return errors.error_page(413)
    except SuspiciousOperation:
        return errors.error_page(403)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        logger.warning("a report of %s cannot be read: %s", settings.MAIL_EVENTS, type(error).__name__)
        return errors.error_page(400)
    store_mail_events(reports=reports, now=timezone.now())
    return HttpResponse(status=204)


def _events(request: HttpRequest) -> list[AnymailTrackingEvent]:
    """Anymail's view validates and parses the request. It would send signals; this calls its parser directly."""
    view: AnymailCoreWebhookView = import_string(f"anymail.webhooks.{SERVICES[settings.MAIL_EVENTS][0]}")()
    view.run_validators(request)
    return view.parse_events(request)


def _report(event: AnymailTrackingEvent) -> DeliveryReport | None:
    kind = KINDS.get(event.event_type) or (MailEvent.Kind.BOUNCED if _is_hard_bounce(event) else None)
    if kind is None or not event.recipient:
        return None
    timestamp = event.timestamp.isoformat() if event.timestamp else ""
    event_id = event.event_id or f"{kind} {event.message_id} {event.recipient} {timestamp}"
    return DeliveryReport(event_id=f"{settings.MAIL_EVENTS} {event_id}", kind=kind, recipient=event.recipient)


def _is_hard_bounce(event: AnymailTrackingEvent) -> bool:
    """Tells whether the mailbox itself is refused permanently. Some services also report a full mailbox as a bounce."""
    smtp_reply = (event.mta_response or "").lstrip()
    is_soft = smtp_reply.startswith("4") or (event.esp_event or {}).get("Type") == "SoftBounce"
    return event.event_type == EventType.BOUNCED and event.reject_reason in PERMANENT_REASONS and not is_soft
