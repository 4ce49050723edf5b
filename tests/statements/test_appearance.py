"""Tests which colours, logos and pictures of a statement are refused, and how pages show the others."""

import re
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from signatures.mail import messages
from signatures.mail.models.email import Mail
from signatures.public.draw_share_image import draw_share_pictures
from signatures.statements import colours
from signatures.statements.colours import Palette
from signatures.statements.models.share_image import SharePicture
from signatures.statements.models.statement import Statement
from tests.organisers import form_values, logged_in_client, make_organiser
from tests.people import NOON, make_statement, sign
from tools.dev.processes import ROOT

TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
COLOUR = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def picture(size=(300, 100), kind="PNG", mode="RGB", **more) -> bytes:
    buffer = BytesIO()
    Image.new(mode, size, "#24557a").save(buffer, kind, **more)
    return buffer.getvalue()


class TestColours:
    def test_papers_are_those_of_the_style_sheet(self):
        light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
        for name, in_light, in_dark in (
            ("paper", colours.PAPER, colours.DARK_PAPER),
            ("sheet", colours.SHEET, colours.DARK_SHEET),
        ):
            values = [re.search(rf"--raw-{name}: (#\w+);", css)[1] for css in (light, dark)]
            assert values == [in_light, in_dark]

    def test_mails_have_the_accent_of_the_style_sheet(self):
        light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
        for css, expected in (
            (light, (colours.DEFAULT_PALETTE.accent, colours.DEFAULT_PALETTE.on_light)),
            (dark, (colours.DEFAULT_PALETTE.dark, colours.DEFAULT_PALETTE.on_dark)),
        ):
            values = [re.search(rf"--raw-{name}: (#\w+);", css)[1] for name in ("vermilion", "on-vermilion")]
            assert tuple(values) == expected

    @pytest.mark.parametrize(
        ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#24557a", "#24557a", 1)]
    )
    def test_contrast_is_that_of_wcag(self, one, other, ratio):
        assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.005)

    @given(COLOUR)
    def test_of_any_colour_there_is_a_tone_that_can_be_read_in_the_dark(self, colour):
        assert colours.least_contrast(colours.lightened(colour), dark=True) >= colours.MIN_CONTRAST

    @given(COLOUR)
    def test_the_sheet_names_the_raw_colours_and_nothing_else(self, colour):
        names = re.findall(r"(--[\w-]+):#[0-9a-f]{6}[;}]", Palette(colour).stylesheet)
        assert names == ["--raw-vermilion", "--raw-vermilion-deep", "--raw-on-vermilion"] * 2


@pytest.mark.django_db
class TestAtTheDesk:
    @pytest.fixture(autouse=True)
    def statement(self, settings, tmp_path):
        settings.ALLOWED_HOSTS = ["testserver"]
        storage = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
        settings.STORAGES = {**settings.STORAGES, "default": storage}
        return make_statement()

    @pytest.fixture
    def save(self, statement):
        desk = logged_in_client(make_organiser())

        def save(**changes):
            page = f"/admin/signatures/statement/{statement.pk}/change/"
            sent = {**form_values(desk.get(page), "#statement_form"), **changes}
            response = desk.post(page, sent)
            statement.refresh_from_db()
            soup = BeautifulSoup(response.content, "html.parser")
            return " ".join(soup.select_one(".errorlist li").get_text().split()) if response.status_code == 200 else ""

        return save

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"accent": "#ffd700"}, "contrast of 1.3 to 1 against #faf8f3"),
            ({"accent": "#24557a", "accent_dark": "#24557a"}, "contrast of 2.2 to 1 against #14120e"),
            ({"accent": "blue"}, "Write the colour as # and six digits"),
            ({"accent_dark": "#ff8a73"}, "Choose the accent first"),
        ],
    )
    def test_a_colour_that_cannot_be_read_is_refused_with_its_ratio(self, save, statement, fields, says):
        assert says in save(**fields)
        assert (statement.accent, statement.accent_dark) == ("", "")

    def test_a_colour_becomes_a_sheet_of_its_own_that_is_kept_for_ever(self, save, statement):
        assert save(accent=" #24557A ") == ""
        soup = BeautifulSoup(Client().get("/ar/letter/").content, "html.parser")
        address = soup.select("link[rel=stylesheet]")[-1]["href"]
        sheet = Client().get(address)

        assert (statement.accent, sheet["Content-Type"]) == ("#24557a", "text/css; charset=utf-8")
        assert sheet["Cache-Control"] == "public, max-age=31536000, immutable"
        assert b"--raw-vermilion:#24557a;" in sheet.content
        assert [Client().get(f"/letter/look-{digest}.css").status_code for digest in ("0" * 16, "x")] == [404, 404]

    def test_without_a_colour_no_page_asks_for_a_sheet(self):
        assert "/look-" not in Client().get("/letter/").content.decode()

    @pytest.mark.parametrize("field", ["logo", "share_picture"])
    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("a.png", b"no picture at all", "not a picture that the site can read"),
            ("a.png", picture()[:60], "not a picture that the site can read"),
            ("a.svg", b"<?xml version='1.0'?><SVG xmlns='x'><script>alert(1)</script></SVG>", "can contain scripts"),
            ("a.png", b"\n<svg onload='x'/>", "can contain scripts"),
            ("a.png", picture() + b"\0" * 1_000_000, "has 1000 kB"),
            ("a.png", picture((9000, 9000), mode="1"), "9000 by 9000"),
            ("a.tif", picture(kind="TIFF"), "not a picture that the site can read"),
        ],
    )
    def test_what_is_no_picture_or_too_much_is_refused_with_the_reason(
        self, save, statement, field, name, content, says
    ):
        assert says in save(**{field: SimpleUploadedFile(name, content)})
        assert not getattr(statement, field)

    def test_a_logo_is_written_again_without_its_metadata(self, save, statement):
        note = PngImagePlugin.PngInfo()
        note.add_text("Comment", "<script>alert(1)</script>")
        save(logo=SimpleUploadedFile("Our Logo.png", picture((1280, 320), mode="RGBA", pnginfo=note)))
        shown = BeautifulSoup(Client().get("/letter/").content, "html.parser").select_one(".masthead img")
        response = Client().get(shown["src"])

        assert (shown["width"], shown["height"], shown["alt"]) == ("640", "160", "")
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (b"script" in response.content, response["Content-Type"]) == (False, "image/png")
        assert Client().get("/letter/files/other.png").status_code == 404

    @pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "PNG"])
    def test_every_usual_picture_is_taken(self, save, statement, kind):
        assert save(logo=SimpleUploadedFile("a", picture(kind=kind))) == ""
        assert (statement.logo_width, statement.logo_height) == (300, 100)

    def test_their_own_picture_stands_beside_links(self, save, statement, settings):
        settings.SITE_URL = "https://letter.example.org"
        save(share_picture=SimpleUploadedFile("a.png", picture((800, 800))))
        head = BeautifulSoup(Client().get("/letter/").content, "html.parser").head
        address = head.select_one("[property='og:image']")["content"]
        image = Image.open(BytesIO(Client().get(address.removeprefix("https://letter.example.org")).content))

        assert head.select_one("[property='og:image:type']")["content"] == "image/jpeg"
        assert (image.format, image.size) == ("JPEG", (1200, 630))

    def test_a_logo_that_is_replaced_or_taken_off_leaves_no_file(
        self, save, statement, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            save(logo=SimpleUploadedFile("a.png", picture()))
        first = statement.logo.name
        with django_capture_on_commit_callbacks(execute=True):
            save(logo=SimpleUploadedFile("b.png", picture((200, 50))))
        assert not default_storage.exists(first)
        with django_capture_on_commit_callbacks(execute=True):
            save(**{"logo-clear": "on"})
        assert (bool(statement.logo), default_storage.listdir("looks")[1]) == (False, [])

    def test_a_logo_that_the_storage_has_lost_is_a_page_that_is_not_there(self, save, statement):
        save(logo=SimpleUploadedFile("a.png", picture()))
        name = statement.logo.name
        default_storage.delete(name)
        assert Client().get(f"/letter/files/{name.rpartition('/')[2]}").status_code == 404
        draw_share_pictures(now=NOON)
        assert SharePicture.objects.count() == 5

    def test_colour_and_logo_are_on_the_picture_too(self, save, statement):
        draw_share_pictures(now=NOON)
        plain = dict(SharePicture.objects.values_list("language", "digest"))
        save(accent="#24557a", logo=SimpleUploadedFile("a.png", picture()))
        SharePicture.objects.all().delete()
        draw_share_pictures(now=NOON)
        row = SharePicture.objects.get(language="en")
        image = Image.open(BytesIO(row.content())).convert("RGB")

        assert row.digest != plain["en"]
        assert image.getpixel((1100, 84)) == pytest.approx((0x24, 0x55, 0x7A), abs=6)

    def test_its_mails_have_its_colour_too(self, statement):
        Statement.objects.update(accent="#24557a")
        sign(Statement.objects.get())
        [html] = [alternative.content for alternative in messages.build_message(Mail.objects.get()).alternatives]
        look = colours.Palette("#24557a")
        assert f"background: {look.accent}; border-radius: 2px; color: {look.on_light};" in html
        assert f"background: {look.dark} !important; color: {look.on_dark} !important;" in html
        assert "#b3261e" not in html

    @pytest.mark.parametrize("may", [True, False])
    def test_names_are_found_by_search_engines_only_where_organisers_want_it(self, statement, may):
        Statement.objects.update(names_in_search_engines=may)
        head = BeautifulSoup(Client().get("/letter/signatories/").content, "html.parser").head
        assert bool(head.select("meta[name=robots][content=noindex]")) is not may
