"""Builds the links that pass a statement on: plain links, a QR code and the browser's own share menu."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from signatures.signing.models.share import brought
from signatures.signing.views.page import StatementPage
from signatures.web.qr_code import qr_code

SHARE_TARGETS = {
    "WhatsApp": ("https://wa.me/", {"text": "{title} {address}"}),
    "Telegram": ("https://t.me/share/url", {"url": "{address}", "text": "{title}"}),
    "Bluesky": ("https://bsky.app/intent/compose", {"text": "{title} {address}"}),
    "Facebook": ("https://www.facebook.com/sharer/sharer.php", {"u": "{address}"}),
    "LinkedIn": ("https://www.linkedin.com/sharing/share-offsite/", {"url": "{address}"}),
    "Threads": ("https://www.threads.net/intent/post", {"text": "{title} {address}"}),
    "X": ("https://x.com/intent/post", {"text": "{title}", "url": "{address}"}),
}


@dataclass(frozen=True)
class ShareTarget:
    name: str
    url: str


@dataclass(frozen=True)
class ShareLinks:
    """`brought` is None for the link without a code, which belongs to no signer."""

    title: str
    address: str
    brought: int | None

    @property
    def networks(self) -> list[ShareTarget]:
        return [ShareTarget(name, self._to(*where)) for name, where in SHARE_TARGETS.items()]

    @property
    def mail(self) -> str:
        """Encodes spaces as %20, because mail programs do not decode a plus sign."""
        fields = {"subject": self.title, "body": f"{self.title}\r\n\r\n{self.address}"}
        return f"mailto:?{urlencode(fields, quote_via=quote)}"

    @property
    def qr(self) -> SafeString:
        return qr_code(self.address, title=gettext("QR code with this link"))

    def _to(self, network: str, query: dict[str, str]) -> str:
        fields = {name: words.format(title=self.title, address=self.address) for name, words in query.items()}
        return f"{network}?{urlencode(fields, quote_via=quote)}"


def sharing(reading: StatementPage, signature_id: int) -> ShareLinks:
    """Uses the signer's own link if they have one."""
    row = brought(signature_id)
    if row is None:
        return ShareLinks(reading.title, reading.address, None)
    code, count = row
    address = settings.SITE_URL + reverse("signatures:via", args=[reading.slug, code])
    return ShareLinks(reading.title, address, count)
