"""Lists every public page, and every state of each public form."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone, translation
from playwright.sync_api import Page, Route

from signatures.privacy.erase import erase
from signatures.public.count_days import update_daily_counts
from signatures.review.moderate import hide
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.signing.withdraw import withdraw
from signatures.statements.edit_text import edit_text
from signatures.statements.models.statement import Statement
from signatures.web import errors, tokens
from signatures.web.tokens import Purpose
from tests.people import make_invitation, make_signature, make_statement, make_update

LETTER = (
    """## What we ask

We write because **work made by people** is not raw material, and because *nobody was asked*.

- Ask first.
- Pay for it.

> Nobody may take what was never offered.

"""
    + "It was made over years, by many hands, and it is not free for the taking. " * 30
)

Act = Callable[[Page], None]


def furnish() -> dict[str, str]:
    """Creates one row of everything that a page shows. Returns the paths by name, without the language."""
    now = timezone.now()
    short = make_statement("short", now=now, goal=10)
    letter = make_statement("long", text=LETTER, now=now, accent="#24557a", proof_above=0)
    make_statement("closed", now=now, state="closed", closes_at=now)
    make_statement("upcoming", now=now, opens_at=now + timedelta(days=3))
    make_statement("empty", now=now)
    arabic = "ما يصنعه الناس ليس مادة خامًا."
    edit_text(statement=short, language="ar", title="رسالة", text=arabic, now=now)
    _sign(short)
    make_update(short, at=now)
    make_update(short, title="Another", at=now)
    update_daily_counts(now=now)
    return {**_pages(letter), **_links(short), **_errors()}


def _sign(statement: Statement) -> None:
    now = timezone.now()
    for day in range(4):
        make_signature(statement, now=now - timedelta(days=day), name=f"Ilse Varga {day}", credit="composer")
    make_signature(statement, name="ليلى الحداد", notable=True, sector="literature", credit="")
    make_signature(statement, name="Choir of Lund", kind="organisation", organisation="Choir of Lund")
    withdrawn = make_signature(statement)
    withdraw(signature_id=withdrawn.id, now=now)


def _pages(letter: Statement) -> dict[str, str]:
    below = ("", "signatories/", "signatories/music/", "organisations/", "notable/", "numbers/",
             "corrections/", "updates/", "updates/1/", "check-your-inbox/", "check-your-inbox/?again=1",
             "signatories/?q=ilse", "signatories/?q=zzzz", "signatories/?kind=organisation",
             "signatories/?q=ilsa+vargo")  # fmt: skip
    pages = {f"short {name or 'statement'}": f"/short/{name}" for name in below}
    others = {slug: f"/{slug}/" for slug in ("long", "closed", "upcoming", "empty")}
    site = {kind: f"/{kind}/" for kind in ("about", "privacy", "accessibility", "imprint")}
    return {**pages, **others, **site, "index": "/", "embed": "/embed/short/", "no names": "/empty/signatories/",
            "no numbers": "/empty/numbers/"}  # fmt: skip


def _links(statement: Statement) -> dict[str, str]:
    """Returns the emailed links in each state of a signature."""
    now = timezone.now()
    pending = make_signature(statement, state=Signature.State.PENDING)
    newer = make_signature(statement, state=Signature.State.PENDING, generation=2)
    held = make_signature(statement, state=Signature.State.HELD)
    confirmed = make_signature(statement, notable=True)
    hidden = make_signature(statement)
    hide(signature_id=hidden.id, actor=User.objects.create(username="m"), reason="asked", now=now)
    gone = make_signature(statement)
    erase(signature_id=gone.id, now=now)

    def link(path: str, purpose: Purpose, it: Signature | Invitation, *, issued=now) -> str:
        token = tokens.make(purpose, subject_id=it.id, generation=1, issued_at=issued)
        return f"/{path}/{token}/"

    own = {"pending": pending, "held": held, "confirmed": confirmed, "hidden": hidden, "erased": gone}
    return {
        "confirm": link("confirm", Purpose.CONFIRM, pending),
        "confirm superseded": link("confirm", Purpose.CONFIRM, newer),
        "confirm used": link("confirm", Purpose.CONFIRM, confirmed),
        "confirm held": link("confirm", Purpose.CONFIRM, held),
        "confirm nothing": link("confirm", Purpose.CONFIRM, gone),
        "confirm expired": link("confirm", Purpose.CONFIRM, pending, issued=now - timedelta(days=15)),
        "thanks": link("thanks", Purpose.THANKS, confirmed),
        **{f"own page {name}": link("signature", Purpose.OWN_PAGE, signature) for name, signature in own.items()},
        "not me": link("not-me", Purpose.NOT_ME, pending),
        "unsubscribe": link("unsubscribe", Purpose.UNSUBSCRIBE, confirmed),
        "invitation": link("invitation", Purpose.INVITATION, make_invitation(statement)),
        "invitation over": link("invitation", Purpose.INVITATION, make_invitation(statement, revoked_at=now)),
    }


def _errors() -> dict[str, str]:
    paths = {"404": "/nowhere/", "404 below": "/short/signatories/nowhere/", "forged": "/confirm/a.b/"}
    return {**paths, **{f"refused {status}": f"/refused/{status}/" for status in (*errors.HEADINGS, "kept")}}


def refuse(page: Page, language: str) -> None:
    """Serves the error pages at /refused/503/ and so on, because few of them can be reached otherwise."""
    with translation.override(language):
        answers = {str(status): errors.error_page(status).content for status in errors.HEADINGS}
        answers["kept"] = errors.error_page(
            503, message=str(errors.SEND_AGAIN_MESSAGE), address="/short/sign/", submitted=[("name", "Ilse Varga")]
        ).content
    for name, body in answers.items():
        page.route(f"**/refused/{name}/", _answering(body))


def _answering(body: bytes) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=503, body=body, content_type="text/html; charset=utf-8")


def invalid_forms(addresses: dict[str, str]) -> Iterator[tuple[str, str, Act]]:
    """Returns forms with invalid values: a name, the URL of the form, and the button to press."""
    yield "sign refused", addresses["short statement"], _send(".sign")
    yield "sign refused, long", addresses["long"], _send(".sign")
    yield "sign refused, organisation", addresses["short statement"], _sign_for_an_organisation
    yield "inbox refused", addresses["short check-your-inbox/"], _send("main form")
    yield "own page refused", addresses["own page confirmed"], _empty("main form [name=name]")


def _send(form: str) -> Act:
    def send(page: Page) -> None:
        with page.expect_navigation():
            page.locator(f"{form} button:not([type=button])").last.click()

    return send


def _sign_for_an_organisation(page: Page) -> None:
    page.locator(".sign summary").click()
    page.check(".sign [name=kind][value=organisation]")
    _send(".sign")(page)


def _empty(field: str) -> Act:
    def send(page: Page) -> None:
        page.fill(field, "")
        with page.expect_navigation():
            page.locator(field).press("Enter")

    return send
