"""The mail services whose reports on bounces and complaints the site accepts, and how each proves its identity."""

from django.core.exceptions import ImproperlyConfigured

# The webhook class in anymail.webhooks, and the name of the signing key in ANYMAIL. Services that do not sign (None)
# send a user name and a password.
SERVICES: dict[str, tuple[str, str | None]] = {
    "brevo": ("brevo.BrevoTrackingWebhookView", None),
    "mailersend": ("mailersend.MailerSendTrackingWebhookView", "MAILERSEND_SIGNING_SECRET"),
    "mailgun": ("mailgun.MailgunTrackingWebhookView", "MAILGUN_WEBHOOK_SIGNING_KEY"),
    "mailjet": ("mailjet.MailjetTrackingWebhookView", None),
    "mailtrap": ("mailtrap.MailtrapTrackingWebhookView", "MAILTRAP_TRACKING_SECRET"),
    "postmark": ("postmark.PostmarkTrackingWebhookView", None),
    "resend": ("resend.ResendTrackingWebhookView", None),
    "sparkpost": ("sparkpost.SparkPostTrackingWebhookView", None),
}
MIN_KEY_LENGTH = 24


def anymail_settings(service: str, key: str | None) -> dict[str, str]:
    """Returns the ANYMAIL setting. A key is required, because a forged report would suppress a mailbox."""
    if service == "none":
        return {}
    signing_key = SERVICES[service][1]
    if not key:
        raise ImproperlyConfigured(f"MAIL_EVENTS is {service}: set MAIL_EVENTS_KEY too.")
    if signing_key is None and (":" not in key or len(key) < MIN_KEY_LENGTH):
        raise ImproperlyConfigured(
            f"MAIL_EVENTS_KEY must be user:password of {MIN_KEY_LENGTH} characters or more: {service} does not sign."
        )
    return {signing_key or "WEBHOOK_SECRET": key}
