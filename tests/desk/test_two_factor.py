"""Login to the admin needs a password and a code. The password alone opens no page."""

import base64
import itertools
import logging
import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_otp.plugins.otp_static.models import StaticToken

from signatures.desk import two_factor
from signatures.desk.models import Authenticator
from signatures.identity import totp_secrets
from signatures.signing.models.signature import Signature
from tests.organisers import (
    SIGNATURES,
    code_for,
    code_of,
    logged_in_client,
    make_authenticator,
    make_organiser,
    move_login_back,
    run_admin_action,
)
from tests.people import make_signature, make_statement

pytestmark = pytest.mark.django_db

LOGIN, STEP, OWN = (reverse(f"admin:{name}") for name in ("login", "second_factor", "own_factor"))
INDEX = reverse("admin:index")
PASSWORD = "correct horse battery"


@pytest.fixture
def organiser() -> User:
    user = make_organiser()
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def phone(organiser) -> Authenticator:
    return make_authenticator(organiser)


def give_password(client, password=PASSWORD, then=SIGNATURES):
    return client.post(f"{LOGIN}?next={then}", {"username": "organiser", "password": password})


def halfway(then=SIGNATURES) -> Client:
    client = Client()
    assert give_password(client, then=then).status_code == 302
    return client


def secret_on(response) -> bytes:
    """Returns the secret that a person types into an app without a camera."""
    [secret] = BeautifulSoup(response.content, "html.parser").select(".secret")
    return base64.b32decode(secret.text.replace(" ", ""))


def codes_on(response) -> list[str]:
    return [code.text for code in BeautifulSoup(response.content, "html.parser").select(".codes code")]


def error_on(response) -> str:
    note = BeautifulSoup(response.content, "html.parser").select_one(".errornote")
    return note.get_text(strip=True) if note else ""


def give_code(client, code, then=SIGNATURES):
    return client.post(STEP, {"code": code, "next": then})


def is_in(client) -> bool:
    return client.get(SIGNATURES).status_code == 200


class TestTheFirstLogin:
    def test_a_password_leads_to_setting_up_and_then_in(self, organiser):
        client = halfway()
        page = client.get(STEP, {"next": SIGNATURES})
        assert not is_in(client)

        shown = give_code(client, code_for(secret_on(page)))

        assert len(codes_on(shown)) == 10
        assert BeautifulSoup(shown.content, "html.parser").select_one(".submit-row a")["href"] == SIGNATURES
        assert is_in(client)
        assert User.objects.get().last_login is not None

    def test_the_qr_code_says_the_same_secret_without_any_inline_style(self, organiser, settings):
        page = BeautifulSoup(halfway().get(STEP).content, "html.parser")

        assert [svg["viewbox"] for svg in page.select(".qr svg:has(path)")] == ["0 0 57 57"]  # shrinks, cut nowhere
        assert page.select("[style], style, script:not([src])") == []
        [line] = Authenticator(user=organiser, key=totp_secrets.encrypt_secret(b"x" * 20)).config_url.splitlines()
        assert line.startswith(f"otpauth://totp/{settings.SITE_NAME}%3Aorganiser?secret=")

    def test_a_wrong_first_code_keeps_the_secret_and_lets_nobody_in(self, organiser):
        client = halfway()
        secret = secret_on(client.get(STEP))

        again = give_code(client, code_for(secret, ahead=50))

        assert error_on(again).startswith("That code is not right")
        assert secret_on(again) == secret
        assert not is_in(client)
        assert not Authenticator.objects.exists()

    def test_who_was_slower_with_the_same_password_starts_again(self, organiser):
        """Two browsers set up at the same time: the second one is refused."""
        first, second = halfway(), halfway()
        other_secret = secret_on(second.get(STEP))
        give_code(first, code_for(secret_on(first.get(STEP))))

        response = give_code(second, code_for(other_secret))

        assert (response.status_code, response["Location"].partition("?")[0]) == (302, LOGIN)
        assert not is_in(second)
        assert is_in(first)

    def test_its_codes_are_shown_once(self, organiser):
        client = halfway()
        codes = codes_on(give_code(client, code_for(secret_on(client.get(STEP)))))
        pages = [client.get(address).content.decode() for address in (INDEX, OWN)]

        assert [code for code in codes for page in pages if code in page] == []
        assert "10 recovery codes are left." in pages[1]


class TestLaterLogins:
    def test_the_code_of_the_phone_opens(self, phone):
        response = give_code(client := halfway(), code_of(phone))

        assert (response.status_code, response["Location"]) == (302, SIGNATURES)
        assert is_in(client)

    def test_each_code_is_good_for_once(self, phone):
        code = code_of(phone)
        give_code(halfway(), code)

        assert error_on(give_code(again := halfway(), code)).startswith("That code is not right")
        assert not is_in(again)

    @pytest.mark.parametrize("typed", ["", "000000000000", "abcdef", "١٢٣٤٥٦", "12345\x00", "a" * 500])
    def test_what_is_no_code_is_told(self, phone, typed):
        response = give_code(client := halfway(), typed)

        assert response.status_code == 200
        assert error_on(response)
        assert not is_in(client)

    def test_guessing_is_made_slower_with_every_try(self, phone):
        client = halfway()
        give_code(client, "000000")

        refused = give_code(client, code_of(phone))

        assert error_on(refused) == "That code was not checked. Wait 1 second, then type a new one."
        Authenticator.objects.update(throttling_failure_count=4)
        assert "Wait 8 seconds" in error_on(give_code(client, code_of(phone)))
        assert not is_in(client)

    def test_another_persons_code_does_not_do(self, phone):
        stranger = make_authenticator(User.objects.create(username="other", is_staff=True))

        give_code(client := halfway(), code_of(stranger))

        assert not is_in(client)

    def test_the_password_is_forgotten_after_a_quarter_of_an_hour(self, phone):
        client = halfway()
        session = client.session
        session["halfway"] = {**session["halfway"], "since": session["halfway"]["since"] - 901}
        session.save()

        assert give_code(client, code_of(phone))["Location"].startswith(LOGIN)
        assert not is_in(client)

    @pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"password": "changed"}])
    def test_who_may_not_enter_any_more_does_not(self, phone, organiser, change):
        client = halfway()
        User.objects.filter(pk=organiser.pk).update(**change)

        give_code(client, code_of(phone))

        assert not is_in(client)

    @pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
    def test_it_leads_to_no_other_site(self, phone, then):
        assert give_code(halfway(then), code_of(phone), then)["Location"] == INDEX

    def test_without_a_password_there_is_no_second_step(self, phone):
        for response in (Client().get(STEP), give_code(Client(), code_of(phone))):
            assert (response.status_code, response["Location"].partition("?")[0]) == (302, LOGIN)

    def test_the_step_before_cannot_be_fixed_by_another(self, phone):
        """Prevents session fixation: the session key changes at login."""
        client = Client()
        client.get(LOGIN)
        give_password(client)
        before = client.session.session_key
        give_code(client, code_of(phone))

        assert client.session.session_key != before


class TestRecoveryCodes:
    @pytest.fixture
    def codes(self, organiser, phone):
        return two_factor.new_recovery_codes(user=organiser)

    def test_each_opens_once(self, codes):
        give_code(first := halfway(), codes[3])
        give_code(second := halfway(), codes[3])

        assert (is_in(first), is_in(second)) == (True, False)

    @pytest.mark.parametrize("typed", [str.upper, lambda code: code.replace("-", " "), lambda code: f" {code}\t"])
    def test_it_is_read_however_it_is_typed(self, codes, typed):
        give_code(client := halfway(), typed(codes[0]))

        assert is_in(client)

    def test_they_are_not_in_the_database(self, codes):
        stored = " ".join(StaticToken.objects.values_list("token", flat=True))

        assert [code for code in codes if code in stored or code.replace("-", "") in stored] == []

    def test_they_survive_a_new_secret_key_as_long_as_the_old_one_is_listed(self, codes, settings):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-key-of-this-site-0123456789-abcdefgh"

        give_code(client := halfway(), codes[0])

        assert is_in(client)

    def test_new_ones_make_the_old_ones_void(self, codes, organiser):
        desk = logged_in_client(organiser)
        fresh = codes_on(desk.post(OWN, {"act": "codes"}))
        give_code(old := halfway(), codes[0])
        Authenticator.objects.update(throttling_failure_count=0)
        give_code(new := halfway(), fresh[0])

        assert (is_in(old), is_in(new)) == (False, True)


class TestAnotherPhone:
    def test_it_takes_the_place_of_the_old_one(self, organiser, phone):
        desk, elsewhere = logged_in_client(organiser), logged_in_client(organiser)
        secret = secret_on(desk.post(OWN, {"act": "replace"}))

        shown = desk.post(OWN, {"code": code_for(secret)})

        assert len(codes_on(shown)) == 10
        assert is_in(desk)
        assert not is_in(elsewhere)
        give_code(with_the_old := halfway(), code_of(phone))
        assert not is_in(with_the_old)
        Authenticator.objects.update(throttling_failure_count=0, last_t=-1)
        give_code(with_the_new := halfway(), code_for(secret))
        assert is_in(with_the_new)

    def test_until_its_code_is_right_the_old_one_counts(self, organiser, phone):
        desk = logged_in_client(organiser)
        desk.post(OWN, {"act": "replace"})
        desk.post(OWN, {"code": "000000"})

        assert Authenticator.objects.get() == phone
        assert is_in(desk)

    def test_the_password_is_asked_for_before(self, organiser, phone):
        desk = logged_in_client(organiser)
        move_login_back(desk, timedelta(minutes=16), ["password_at"])

        assert desk.post(OWN, {"act": "codes"})["Location"].startswith(reverse("admin:again"))
        assert StaticToken.objects.count() == 0


class TestWhoLostIt:
    def test_the_command_resets_the_second_factor_and_ends_sessions(self, organiser, phone, capsys):
        desk = logged_in_client(organiser)
        two_factor.new_recovery_codes(user=organiser)

        call_command("second_factor", "organiser", "--reset")

        assert capsys.readouterr().out.startswith("The second factor is removed. organiser sets up a new one")
        assert not is_in(desk)
        assert secret_on(halfway().get(STEP))
        assert StaticToken.objects.count() == 0

    def test_without_reset_it_only_tells(self, organiser, capsys):
        call_command("second_factor", "organiser")
        make_authenticator(organiser)
        two_factor.new_recovery_codes(user=organiser)
        call_command("second_factor", "organiser")

        assert capsys.readouterr().out.splitlines() == [
            "organiser has no second factor yet and sets it up at the next login.",
            "organiser has a second factor and 10 recovery codes.",
        ]

    def test_nobody_of_that_name_is_told(self):
        with pytest.raises(CommandError, match="There is no user 'nobody'"):
            call_command("second_factor", "nobody", "--reset")


class TestTheSeed:
    def test_a_dump_of_the_database_holds_none(self, organiser):
        client = halfway()
        secret = secret_on(client.get(STEP))
        give_code(client, code_for(secret))
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(d::text, '') FROM otp_totp_totpdevice d")
            devices = cursor.fetchone()[0]
            cursor.execute("SELECT string_agg(session_data, '') FROM django_session")
            sessions = cursor.fetchone()[0]

        spellings = [secret.hex(), base64.b32encode(secret).decode(), base64.b64encode(secret).decode()]
        assert [spelling for spelling in spellings if spelling in devices + sessions] == []

    def test_it_is_read_under_every_listed_key(self, phone, settings):
        settings.FIELD_KEYS = ["a-newer-key-of-the-fields-0123456789-abcdef", *settings.FIELD_KEYS]
        give_code(client := halfway(), code_of(phone))
        assert is_in(client)

    def test_under_a_lost_key_a_recovery_code_still_opens(self, organiser, phone, settings):
        codes, code = two_factor.new_recovery_codes(user=organiser), code_of(phone)
        settings.FIELD_KEYS = ["another-key-of-the-fields-0123456789-abcdef"]

        assert error_on(give_code(halfway(), code)).startswith("That code is not right")
        Authenticator.objects.update(throttling_failure_count=0)
        give_code(client := halfway(), codes[0])
        assert is_in(client)

    def test_no_page_of_the_desk_shows_devices(self):
        assert [address for address in addresses_below_admin() if "otp" in address or "axes" in address] == []


class TestAPasswordAlone:
    """Row 23: a password alone opens no page."""

    @pytest.fixture(params=["before its second step", "logged in without one", "with somebody else's device"])
    def password_alone(self, request, organiser, phone):
        if request.param == "before its second step":
            return halfway()
        client = Client()
        client.force_login(organiser)
        move_login_back(client, timedelta())
        if request.param == "with somebody else's device":
            session = client.session
            stranger = make_authenticator(User.objects.create(username="other", is_staff=True))
            session["otp_device_id"] = stranger.persistent_id
            session.save()
        return client

    def test_row_23_every_address_of_the_desk_leads_back_to_the_login(self, password_alone):
        User.objects.update(is_superuser=True)
        signature = make_signature(make_statement())
        walked = 0
        for address, method in itertools.product(addresses_below_admin(signature.pk), ("get", "post")):
            if address in (LOGIN, STEP):
                continue
            response = getattr(password_alone, method)(address)
            if address == reverse("admin:logout"):
                assert response["Location"] == INDEX
            elif address != reverse("admin:jsi18n"):  # Django's own words for its scripts
                assert response.status_code == 302, address
                assert response["Location"].partition("?")[0] == LOGIN, address
            walked += 1
        assert walked > 100

    def test_row_23_it_cannot_act(self, password_alone):
        signature = make_signature(make_statement())

        run_admin_action(password_alone, "hide", signature)

        assert Signature.objects.get().hidden_at is None

    def test_row_23_nor_change_the_password(self, password_alone, organiser):
        new = {"new_password1": "another long word", "new_password2": "another long word"}

        password_alone.post(reverse("admin:password_change"), {"old_password": PASSWORD, **new})

        assert User.objects.get(pk=organiser.pk).check_password(PASSWORD)


def addresses_below_admin(pk=1) -> list[str]:
    """Returns every URL of the admin, with the id of one row where needed."""
    [admin] = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern) == "admin/"]
    return sorted({"/admin/" + _filled(route, pk) for route in _routes(admin)})


def _routes(resolver, before=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)


def _filled(route, pk) -> str:
    """Returns a route with all parameters filled in."""
    route = re.sub(r"\^\(\?P<app_label>.+?\)/\$", "signatures/", route)
    route = route.replace("(?P<url>.*)$", "nowhere/").replace("<path:content_type_id>", "1")
    return re.sub(r"<(path:object_id|id|int:\w+)>", str(pk), route)


def test_each_step_of_a_login_leaves_a_line_and_no_word_that_was_typed(organiser, phone, caplog):
    client = Client()
    with caplog.at_level(logging.INFO, "signatures.desk.login"):
        give_password(client, "horse battery wrong")
        give_password(client)
        client.post(STEP, {"code": "000000"})
        Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        client.post(STEP, {"code": code_of(phone)})

    number = organiser.pk
    assert [record.getMessage() for record in caplog.records if record.name == "signatures.desk.login"] == [
        "a password or an account's name was wrong",
        f"the password of account {number} was right",
        f"a code for account {number} was wrong, or came too soon",
        f"account {number} came in by code",
    ]
