"""How a statement is passed on: plain links, a QR code, and what a browser can share by itself."""

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
    """`brought` is None where the link is everybody's."""

    title: str
    address: str
    brought: int | None

    @property
    def networks(self) -> list[ShareTarget]:
        return [ShareTarget(name, self._to(*where)) for name, where in SHARE_TARGETS.items()]

    @property
    def mail(self) -> str:
        """Encoded as mail programs read it: a plus sign is a plus sign to them."""
        said = {"subject": self.title, "body": f"{self.title}\r\n\r\n{self.address}"}
        return f"mailto:?{urlencode(said, quote_via=quote)}"

    @property
    def qr(self) -> SafeString:
        return qr_code(self.address, title=gettext("QR code with this link"))

    def _to(self, network: str, query: dict[str, str]) -> str:
        said = {name: words.format(title=self.title, address=self.address) for name, words in query.items()}
        return f"{network}?{urlencode(said, quote_via=quote)}"


def sharing(reading: StatementPage, signature_id: int) -> ShareLinks:
    """By the signer's own link, where they have one."""
    found = brought(signature_id)
    if found is None:
        return ShareLinks(reading.title, reading.address, None)
    code, many = found
    address = settings.SITE_URL + reverse("signatures:via", args=[reading.slug, code])
    return ShareLinks(reading.title, address, many)
