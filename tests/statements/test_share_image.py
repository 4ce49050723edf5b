"""Tests that share images are shaped correctly, and that the worker draws them at most once a minute."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.test import Client
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageFont, features

from signatures.public.draw_share_image import draw_share_pictures
from signatures.statements import share_image
from signatures.statements.edit_text import edit_text
from signatures.statements.models.share_image import SharePicture
from signatures.statements.share_image import SharePictureContent
from signatures.web.font_letters import letters_in
from tests.people import NOON, make_signature, make_statement
from tools.dev.processes import ROOT

MINUTE = timedelta(minutes=1)


def poster(**changes):
    values = {
        "organiser": "A working group",
        "text": "Work made by people is not raw material.",
        "text_language": "en",
        "number": "13,500",
        "caption": "people have signed",
        "site": "Undersigned",
        "language": "en",
        "is_rtl": False,
        "text_is_rtl": False,
        "accent": "#b3261e",
    }
    return SharePictureContent(**{**values, **changes})


def drawn(**changes) -> Image.Image:
    return Image.open(BytesIO(share_image.render_picture(poster(**changes)))).convert("RGB")


def ink(image: Image.Image, box=None):
    """Returns the smallest box around everything that is not background. The default area is that of the text."""
    area = image.crop(box or (0, share_image.TEXT_TOP, 1200, share_image.RULE_TOP - 4))
    return ImageChops.difference(area, Image.new("RGB", area.size, share_image.BACKGROUND)).getbbox()


def first_line(image: Image.Image) -> int:
    """Returns its height in rows of pixels."""
    rows = [ink(image, (0, row, 1200, row + 1)) is not None for row in range(110, share_image.RULE_TOP - 4)]
    begin = rows.index(True)
    return rows.index(False, begin) - begin


class TestDrawing:
    def test_it_is_a_png_of_the_size_that_others_expect(self):
        content = share_image.render_picture(poster())
        image = Image.open(BytesIO(content))
        assert (image.format, image.size, len(content) < 60_000) == ("PNG", (1200, 630), True)

    def test_pillow_brings_what_shapes_every_script(self):
        assert [features.check(name) for name in ("raqm", "harfbuzz", "fribidi")] == [True, True, True]

    def test_arabic_letters_join(self):
        """Four joined letters are narrower than the four separate letters."""
        font = share_image._font(64)
        alone = sum(font.getlength(letter, direction="rtl") for letter in "بيان")
        assert font.getlength("بيان", direction="rtl") < alone * 0.9

    def test_devanagari_vowels_stand_before_their_consonant(self):
        """In कि the vowel is written second and shown first, so the whole reaches further left than the consonant."""
        font = share_image._font(64)
        whole, letter = font.getmask("कि").size[0], font.getmask("क").size[0]
        basic = ImageFont.truetype(share_image.FONT, 64, layout_engine=ImageFont.Layout.BASIC).getmask("कि")
        assert whole > letter
        assert bytes(basic) != bytes(font.getmask("कि"))

    def test_a_text_from_the_right_begins_at_the_right(self):
        begin, _, end, _ = ink(drawn(text="ما يصنعه الناس", text_language="ar", text_is_rtl=True))
        assert (begin > 200, 1200 - share_image.MARGIN - 12 <= end <= 1200 - share_image.MARGIN + 12) == (True, True)

    @pytest.mark.parametrize("words", [1, 8, 40, 400])
    def test_whatever_its_length_a_text_stays_in_its_place(self, words):
        image = drawn(text="letters " * words)
        begin, _, end, bottom = ink(image, (0, 110, 1200, share_image.RULE_TOP - 4))
        assert begin >= share_image.MARGIN - 4
        assert end <= 1200 - share_image.MARGIN + 4
        assert bottom <= share_image.TEXT_BOTTOM - 110 + 24

    def test_a_word_without_end_is_cut(self):
        assert ink(drawn(text="x" * 500))[2] <= 1200 - share_image.MARGIN + 4

    def test_a_short_text_is_set_larger_than_a_long_one(self):
        short, long = (first_line(drawn(text="Enough. " * count)) for count in (1, 60))
        assert short > 1.5 * long

    def test_the_font_has_every_letter_of_the_display_faces(self):
        faces = re.findall(r"(newsreader[\w-]*|noto-naskh-arabic|noto-serif-devanagari)\.woff2",
                           (ROOT / "static/css/fonts.css").read_text())  # fmt: skip
        expected = {letter for face in faces for letter in TTFont(ROOT / f"static/fonts/{face}.woff2").getBestCmap()}
        present = set(TTFont(share_image.FONT).getBestCmap())

        assert len(faces) == 5
        assert (expected - present, letters_in(share_image.FONT.with_suffix(".txt"))) == (set(), present)

    @pytest.mark.parametrize(
        ("text", "can"), [("Đặng Łódź", True), ("ما يصنعه AI 2.0", True), ("कि\u200dक\n", True), ("王小明", False)]
    )
    def test_it_knows_what_it_cannot_write(self, text, can):
        assert share_image.has_glyphs(text) is can


@pytest.mark.django_db
class TestKeeping:
    @pytest.fixture(autouse=True)
    def statement(self, settings, tmp_path):
        settings.ALLOWED_HOSTS = ["testserver"]
        storage = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
        settings.STORAGES = {**settings.STORAGES, "default": storage}
        return make_statement()

    @staticmethod
    def digests():
        return dict(SharePicture.objects.values_list("language", "digest"))

    @staticmethod
    def files():
        return sorted(f"share/{name}" for name in default_storage.listdir("share")[1])

    def test_each_language_has_one_in_the_storage(self):
        draw_share_pictures(now=NOON)
        assert sorted(self.digests()) == ["ar", "en", "fr", "hi", "id"]
        assert self.files() == sorted(SharePicture.objects.values_list("file", flat=True))

    def test_nothing_is_drawn_again_while_nothing_changes(self, monkeypatch):
        draw_share_pictures(now=NOON)
        before = list(SharePicture.objects.values())
        draw_share_pictures(now=NOON + 10 * MINUTE)
        assert list(SharePicture.objects.values()) == before

    def test_a_new_count_is_drawn_after_a_minute_and_the_old_file_goes(self, statement):
        draw_share_pictures(now=NOON)
        old, files = self.digests(), self.files()
        make_signature(statement)
        draw_share_pictures(now=NOON + MINUTE / 2)
        assert self.digests() == old

        draw_share_pictures(now=NOON + MINUTE)
        assert not set(old.values()) & set(self.digests().values())
        assert (len(self.files()), set(self.files()) & set(files)) == (5, set())

    def test_a_new_wording_is_drawn_in_its_language_alone(self, statement):
        draw_share_pictures(now=NOON)
        old = self.digests()
        edit_text(statement=statement, language="ar", title="رسالة", text="ما يصنعه الناس ليس مادة خامًا.", now=NOON)
        draw_share_pictures(now=NOON + MINUTE)
        assert [language for language, digest in self.digests().items() if digest != old[language]] == ["ar"]

    def test_a_draft_has_none(self, statement):
        statement.state = "draft"
        statement.save()
        draw_share_pictures(now=NOON)
        assert not SharePicture.objects.exists()
        assert Client().get("/letter/picture.png").status_code == 404

    def test_what_cannot_be_written_is_not_drawn(self):
        make_statement("chinese", text="人所做的不是原料。")
        draw_share_pictures(now=NOON)
        assert set(SharePicture.objects.values_list("statement__slug", flat=True)) == {"letter"}

    def test_the_page_names_it_and_the_address_gives_it(self, statement, settings):
        settings.SITE_URL = "https://letter.example.org"
        make_signature(statement)
        draw_share_pictures(now=NOON)
        head = BeautifulSoup(Client().get("/ar/letter/").content, "html.parser").head
        meta = {tag.get("property") or tag.get("name"): tag["content"] for tag in head.select("meta[content]")}
        response = Client().get("/ar/letter/picture.png")

        assert meta["og:image"] == "https://letter.example.org/ar/letter/picture.png"
        assert meta["og:image:alt"].startswith("Makers’ Letter. ")
        assert (meta["og:locale"], meta["twitter:card"]) == ("ar_AR", "summary_large_image")
        assert (response["Content-Type"], response["Cross-Origin-Resource-Policy"]) == ("image/png", "cross-origin")
        assert Image.open(BytesIO(response.content)).size == (1200, 630)
        again = Client().get("/ar/letter/picture.png", HTTP_IF_NONE_MATCH=response["ETag"])
        assert (again.status_code, again.content) == (304, b"")

    def test_until_there_is_one_another_stands_in(self):
        response = Client().get("/letter/picture.png")
        fallback = Client().get(response["Location"])
        assert (response.status_code, fallback["Content-Type"]) == (303, "image/png")
        assert Image.open(BytesIO(b"".join(fallback.streaming_content))).size == (1200, 630)

    def test_where_the_storage_has_lost_it_another_stands_in(self):
        draw_share_pictures(now=NOON)
        default_storage.delete(SharePicture.objects.get(language="en").file)
        assert Client().get("/letter/picture.png").status_code == 303
