from django.urls import path, register_converter

from signatures.public.views import (
    api,
    appearance,
    corrections,
    embed,
    feeds,
    numbers,
    share_image,
    signatories,
    statement,
    updates,
)
from signatures.signing.views import confirm, invitations, own_page, thanks, unsubscribe
from signatures.signing.views import sign as signing
from signatures.statements import views as pages
from signatures.statements.models.page import Page


class TokenConverter:
    """Matches what `tokens.make` returns: two base64 parts with a dot between them."""

    regex = r"[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FileConverter(TokenConverter):
    """Matches the name of a stored picture."""

    regex = r"[A-Za-z0-9_.\-]+"


register_converter(TokenConverter, "token")
register_converter(FileConverter, "file")

app_name = "signatures"

urlpatterns = [
    path("", statement.index, name="index"),
    path("confirm/<token:token>/", confirm.confirm, name="confirm"),
    path("thanks/<token:token>/", thanks.thanks, name="thanks"),
    path("signature/<token:token>/", own_page.own_page, name="own_page"),
    path("invitation/<token:token>/", invitations.invitation, name="invitation"),
    path("not-me/<token:token>/", unsubscribe.not_me, name="not_me"),
    path("unsubscribe/<token:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("api/v1/openapi.json", api.openapi, name="api_description"),
    path("api/v1/statements/<slug:slug>/", api.statement, name="api_statement"),
    path("api/v1/statements/<slug:slug>/signatories/", api.signatories, name="api_signatories"),
    path("api/v1/oembed/", embed.oembed, name="api_oembed"),
    path("embed/<slug:slug>/", embed.embed, name="embed"),
    *(path(f"{kind}/", pages.page, {"kind": kind}, name=kind) for kind in Page.Kind.values),
    path("<slug:slug>/", statement.statement, name="statement"),
    path("<slug:slug>/via/<str:code>/", statement.via, name="via"),
    path("<slug:slug>/sign/", signing.sign, name="sign"),
    path("<slug:slug>/challenge/", signing.challenge, name="challenge"),
    path("<slug:slug>/check-your-inbox/", signing.check_inbox, name="check_inbox"),
    path("<slug:slug>/count.json", statement.count_json, name="count"),
    path("<slug:slug>/corrections/", corrections.corrections, name="corrections"),
    path("<slug:slug>/feed/", feeds.news_feed, name="feed"),
    path("<slug:slug>/updates/", updates.updates, name="updates"),
    path("<slug:slug>/updates/<int:number>/", updates.update, name="update"),
    path("<slug:slug>/numbers/", numbers.numbers, name="numbers"),
    path("<slug:slug>/numbers.json", numbers.numbers_json, name="numbers_json"),
    path("<slug:slug>/numbers.csv", numbers.numbers_csv, name="numbers_csv"),
    path("<slug:slug>/look-<str:digest>.css", appearance.stylesheet, name="look"),
    path("<slug:slug>/files/<file:name>", appearance.picture_file, name="file"),
    path("<slug:slug>/picture.png", share_image.share_picture, name="picture"),
    path("<slug:slug>/notable/", signatories.notable, name="notable"),
    path("<slug:slug>/organisations/", signatories.organisations, name="organisations"),
    path("<slug:slug>/signatories/", signatories.signatories, name="signatories"),
    path("<slug:slug>/signatories/<slug:sector>/", signatories.signatories, name="sector"),
]
