"""Tests that a mail provider that refuses emails gets none for a while, and that other providers do not wait."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError

from signatures.identity import mail_provider
from signatures.mail import send
from signatures.mail.limits import COOLDOWN, COOLDOWN_JITTER
from signatures.mail.models.email import Mail
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown
from signatures.mail.send import MAX_RUN_TIME
from signatures.privacy.erase import not_me
from signatures.privacy.limits import COOLDOWN_RETENTION
from signatures.privacy.retention import apply_retention
from tests.people import NOON, make_statement, sign
from tests.smtp import mail_server
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def statement():
    return make_statement()


def sign_many(statement, count, domain):
    for number in range(count):
        sign(statement, f"signer-{number}@{domain}")


def deliver(moment=NOON):
    return send.send_emails(clock=lambda: moment)


def cooldown_of(domain):
    return ProviderCooldown.objects.get(key=mail_provider.provider_key(f"x@{domain}"))


def too_fast(domain):
    return lambda address: "450 4.7.0 you send too fast" if address.endswith(f"@{domain}") else None


def by_domain(sink):
    return Counter(address.rpartition("@")[2] for address in sink.recipients)


class TestProvider:
    def test_the_domains_of_a_large_one_are_one(self):
        gmail = mail_provider.provider_key("a@gmail.com")

        assert mail_provider.provider_key("b@GoogleMail.com") == gmail
        assert mail_provider.provider_name(gmail) == "Gmail"

    def test_any_other_domain_stands_for_itself_and_has_no_name(self):
        key = mail_provider.provider_key("a@private.example")

        assert key != mail_provider.provider_key("a@other.example")
        assert mail_provider.provider_name(key) is None
        assert "private" not in key

    def test_its_key_is_worth_nothing_without_ours(self, settings):
        before = mail_provider.provider_key("a@gmail.com")
        settings.DIGEST_KEYS = ["another-key-of-at-least-32-characters", *settings.DIGEST_KEYS]

        assert mail_provider.provider_key("a@gmail.com") != before
        assert mail_provider.provider_name(before) == "Gmail"  # an email that was queued before the change

    def test_no_domain_is_listed_twice(self):
        lines = mail_provider.PROVIDERS_FILE.read_text().splitlines()
        domains = [word for line in lines if not line.startswith("#") for word in line.split('"') if "." in word]
        domains = [domain for domain in domains if domain.islower()]

        assert [domain for domain, count in Counter(domains).items() if count > 1] == [
            "mailbox.org"
        ]  # the domain itself is the name


class TestAProviderThatRefuses:
    def test_the_mail_of_all_others_goes_out_in_the_same_run(self, statement, settings):
        sign_many(statement, 60, "slow.example")
        sign_many(statement, 70, "quick.example")
        with mail_server(settings, at_rcpt=too_fast("slow.example")) as sink:
            done = deliver()

        assert by_domain(sink) == {"quick.example": 70}
        assert (done.sent, done.deferred) == (70, 1)
        assert Mail.objects.filter(refusals=0, status="queued", last_error="").count() == 59

    @pytest.mark.parametrize(
        "answer", ["421 4.7.0 slow down", "450 4.7.0 too fast", "451 4.7.1 later", "452 4.3.1 full"]
    )
    def test_it_is_left_alone_until_its_cooldown_ends(self, statement, settings, answer):
        sign_many(statement, 3, "slow.example")
        tried = []
        with mail_server(settings, at_rcpt=lambda address: tried.append(address) or answer):
            deliver()
            resume_at = cooldown_of("slow.example").resume_at
            deliver(resume_at - SECOND)
            assert len(tried) == 1
            deliver(resume_at)

        assert len(tried) == 2

    def test_a_cooldown_that_ends_during_a_run_lets_the_same_run_try_again(self, statement, settings):
        sign_many(statement, 2, "slow.example")
        for number in range(5):
            sign(statement, f"signer@number-{number}.example")
        now, tried = [NOON], []

        def slow_answers(address):
            if address.endswith("@slow.example"):
                tried.append(address)
                return "450 4.7.0 too fast"
            now[0] += 4 * SECOND
            return None

        with mail_server(settings, at_rcpt=slow_answers) as sink:
            send.send_emails(clock=lambda: now[0])

        assert (tried, len(sink.recipients)) == (["signer-0@slow.example", "signer-1@slow.example"], 5)

    def test_each_refusal_doubles_the_cooldown_up_to_eight_minutes(self, statement, settings):
        sign_many(statement, 12, "slow.example")
        moment, pauses = NOON, []
        with mail_server(settings, at_rcpt=too_fast("slow.example")):
            for _try in range(7):
                deliver(moment)
                pauses.append((cooldown_of("slow.example").resume_at - moment).total_seconds())
                moment = cooldown_of("slow.example").resume_at

        expected = [15, 30, 60, 120, 240, 480, 480]
        assert [
            pause == pytest.approx(mean, rel=COOLDOWN_JITTER) for pause, mean in zip(pauses, expected, strict=True)
        ] == [True] * 7
        assert len(set(pauses)) == 7  # jitter

    def test_an_email_that_it_takes_clears_its_refusals(self, statement, settings):
        sign_many(statement, 12, "slow.example")
        moment = NOON
        with mail_server(settings, at_rcpt=too_fast("slow.example")) as sink:
            for _try in range(3):
                deliver(moment)
                moment = cooldown_of("slow.example").resume_at
            sink.at_rcpt = lambda address: None
            deliver(moment)
            assert (len(sink.recipients), ProviderCooldown.objects.count()) == (12, 0)

            sign(statement, "late@slow.example", now=moment)
            sink.at_rcpt = too_fast("slow.example")
            deliver(moment)
        assert cooldown_of("slow.example").refusals == 1

    def test_a_refusal_after_accepted_email_is_the_first_in_succession(self, statement, settings):
        sign_many(statement, 5, "slow.example")
        ProviderCooldown.objects.create(
            key=mail_provider.provider_key("x@slow.example"), refusals=4, resume_at=NOON - SECOND
        )
        taken = []

        def takes_two(address):
            return "450 4.7.0 too fast" if len(taken) == 2 else taken.append(address)

        with mail_server(settings, at_rcpt=takes_two):
            deliver()

        assert (len(taken), cooldown_of("slow.example").refusals) == (2, 1)

    def test_refusals_during_a_cooldown_count_as_one(self):
        for seconds in (0, 1, 2):
            ProviderCooldown.objects.refused("key", now=NOON + seconds * SECOND)

        cooldown = ProviderCooldown.objects.get()
        assert cooldown.refusals == 1
        assert cooldown.resume_at <= NOON + COOLDOWN * (1 + COOLDOWN_JITTER)

    @pytest.mark.django_db(transaction=True)
    def test_senders_at_once_start_one_cooldown(self):
        at_once(8, lambda _: ProviderCooldown.objects.refused("key", now=NOON))

        assert ProviderCooldown.objects.get().refusals == 1

    def test_email_that_was_on_its_way_does_not_end_a_cooldown_that_another_sender_started(self):
        ProviderCooldown.objects.refused("key", now=NOON)
        ProviderCooldown.objects.accepted({"key"}, now=NOON + SECOND)

        assert ProviderCooldown.objects.active(NOON + SECOND).count() == 1

    def test_a_full_mailbox_says_nothing_about_its_provider(self, statement, settings):
        sign_many(statement, 3, "large.example")
        with mail_server(settings, at_rcpt=lambda a: "452 4.2.2 mailbox full" if a.startswith("signer-0") else None):
            done = deliver()

        assert (done.sent, done.deferred, ProviderCooldown.objects.count()) == (2, 1, 0)

    def test_a_provider_that_answers_slowly_is_not_asked_twice_in_a_run(self, statement, settings):
        sign_many(statement, 5, "slow.example")
        sign_many(statement, 30, "quick.example")
        now = [NOON]

        def sleepy(address):
            now[0] += timedelta(seconds=9 if address.endswith("@slow.example") else 0)

        with mail_server(settings, at_rcpt=sleepy) as sink:
            send.send_emails(clock=lambda: now[0])

        assert by_domain(sink) == {"slow.example": 1, "quick.example": 30}
        assert Mail.objects.filter(status="queued", refusals=0).count() == 4

    def test_a_run_gives_back_what_it_has_no_time_for(self, statement, settings):
        for number in range(10):
            sign(statement, f"signer@number-{number}.example")
        now = [NOON]

        def sleepy(address):
            now[0] += timedelta(seconds=9)

        with mail_server(settings, at_rcpt=sleepy) as sink:
            send.send_emails(clock=lambda: now[0])

        assert len(sink.recipients) == 4
        assert now[0] - NOON < MAX_RUN_TIME + timedelta(seconds=9)
        assert Mail.objects.due(now[0]).count() == 6


class TestADeadLine:
    def test_a_provider_that_answers_421_through_the_mail_server_holds_up_nobody_else(self, statement, settings):
        sign_many(statement, 3, "slow.example")
        sign_many(statement, 20, "quick.example")
        shut = {"signer-0@slow.example": "421 4.7.28 unusual rate of mail"}
        with mail_server(settings, at_rcpt=shut.get) as sink:
            deliver()

        assert by_domain(sink) == {"quick.example": 20}
        assert MailServer.objects.resume_at(NOON) is None

    def test_421_to_two_providers_in_a_row_is_the_mail_servers_own_and_gives_it_a_rest(self, statement, settings):
        for domain in ("one.example", "two.example", "three.example"):
            sign_many(statement, 2, domain)
        with mail_server(settings, at_rcpt=lambda address: "421 too many connections") as sink:
            done = deliver()
            assert (sink.recipients, done.deferred) == ([], 5)  # one of them is released before its attempt
            sink.at_rcpt = lambda address: None
            deliver(NOON + timedelta(seconds=14))
            assert sink.recipients == []
            deliver(NOON + timedelta(minutes=1))

        assert len(sink.recipients) == 6


class TestBudgetOfTheSite:
    def test_it_delays_and_never_refuses(self, statement, settings):
        settings.MAILS_PER_MINUTE = 60
        sign_many(statement, 80, "quick.example")
        assert Mail.objects.count() == 80

        sent = []
        with mail_server(settings) as sink:
            for sweep in range(9):
                deliver(NOON + sweep * 10 * SECOND)
                sent.append(len(sink.recipients))
        assert sent == [15, 25, 35, 45, 55, 65, 75, 80, 80]

    @pytest.mark.django_db(transaction=True)
    def test_it_is_one_for_all_senders(self, settings):
        settings.MAILS_PER_MINUTE = 60
        sign_many(make_statement(), 80, "quick.example")
        with mail_server(settings) as sink:
            at_once(4, lambda _: deliver())

        assert len(sink.recipients) == 15

    def test_confirmations_have_it_first(self, statement, settings):
        settings.MAILS_PER_MINUTE = 4
        sign(statement, "later@example.org")
        Mail.objects.update(priority=Mail.Priority.LATER)
        sign(statement, "first@example.org")
        with mail_server(settings) as sink:
            deliver()

        assert sink.recipients == ["first@example.org"]

    def test_the_database_has_one_mail_server(self):
        MailServer.objects.pause(until=NOON)
        with pytest.raises(IntegrityError, match="one_mail_server"):
            MailServer.objects.create(id=2)

    def test_it_is_gone_with_its_setting(self, statement, settings):
        settings.MAILS_PER_MINUTE = 4
        sign_many(statement, 30, "quick.example")
        with mail_server(settings) as sink:
            deliver()
            settings.MAILS_PER_MINUTE = 0
            deliver()

        assert len(sink.recipients) == 30


def test_a_cooldown_is_deleted_two_days_after_its_end(statement, settings):
    sign_many(statement, 1, "slow.example")
    with mail_server(settings, at_rcpt=too_fast("slow.example")):
        deliver()

    resume_at = cooldown_of("slow.example").resume_at
    assert apply_retention(now=resume_at + COOLDOWN_RETENTION - SECOND).cooldowns == 0
    assert apply_retention(now=resume_at + COOLDOWN_RETENTION).cooldowns == 1


def test_an_erased_signers_mails_no_longer_say_where_they_went(statement):
    signature = sign(statement, "ilse@private.example")
    assert Mail.objects.get().provider == mail_provider.provider_key("ilse@private.example")
    not_me(signature_id=signature.id, now=NOON)

    assert Mail.objects.get().provider == ""
