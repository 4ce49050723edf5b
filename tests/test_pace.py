"""Each mail provider is sent mail as fast as it takes it, and none waits for another."""

from collections import Counter
from datetime import timedelta

import pytest

from signatures.actions import deliver as deliver_action
from signatures.actions.deliver import RUN
from signatures.actions.forget import forget
from signatures.actions.leave import not_me
from signatures.identity import provider
from signatures.limits import KEEP_PACE, PACE_LEAST, PACE_REST, PACE_START, PACE_STEP
from signatures.models import Mail, Pace
from signatures.models.pace import SITE
from tests.people import NOON, make_statement, sign
from tests.smtp import mail_server
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
AT_ONCE = PACE_START // 4  # what a large provider is sent in one breath at first


@pytest.fixture
def statement():
    return make_statement()


def sign_many(statement, many, domain):
    for number in range(many):
        sign(statement, f"signer-{number}@{domain}")


def deliver(moment=NOON):
    return deliver_action.deliver(clock=lambda: moment)


def pace_of(domain):
    return Pace.objects.get(key=provider.key_of(f"x@{domain}"))


def too_fast(domain):
    return lambda address: "450 4.7.0 you send too fast" if address.endswith(f"@{domain}") else None


def by_domain(sink):
    return Counter(address.rpartition("@")[2] for address in sink.recipients)


class TestProvider:
    def test_the_domains_of_a_large_one_are_one(self):
        gmail = provider.key_of("a@gmail.com")

        assert provider.key_of("b@GoogleMail.com") == gmail
        assert provider.name_of(gmail) == "Gmail"

    def test_any_other_domain_stands_for_itself_and_has_no_name(self):
        key = provider.key_of("a@private.example")

        assert key != provider.key_of("a@other.example")
        assert provider.name_of(key) is None
        assert "private" not in key

    def test_its_key_is_worth_nothing_without_ours(self, settings):
        before = provider.key_of("a@gmail.com")
        settings.DIGEST_KEYS = ["another-key-of-at-least-32-characters", *settings.DIGEST_KEYS]

        assert provider.key_of("a@gmail.com") != before
        assert provider.name_of(before) == "Gmail"  # mail that was queued before the change still waits

    def test_no_domain_is_listed_twice(self):
        lines = provider.LARGE.read_text().splitlines()
        domains = [word for line in lines if not line.startswith("#") for word in line.split('"') if "." in word]
        domains = [domain for domain in domains if domain.islower()]

        assert [domain for domain, many in Counter(domains).items() if many > 1] == ["mailbox.org"]  # its own name


class TestOneSlowProvider:
    def test_the_mail_of_all_others_goes_out_in_the_same_run(self, statement, settings):
        sign_many(statement, 60, "slow.example")
        sign_many(statement, 70, "quick.example")
        with mail_server(settings, at_rcpt=too_fast("slow.example")) as sink:
            done = deliver()

        assert by_domain(sink) == {"quick.example": 70}
        assert (done.sent, done.put_off) == (70, 1)
        assert Mail.objects.filter(refusals=0, status="queued", last_error="").count() == 59

    def test_it_is_left_alone_until_its_rest_is_over(self, statement, settings):
        sign_many(statement, 3, "slow.example")
        tried = []
        with mail_server(settings, at_rcpt=lambda address: tried.append(address) or "450 4.7.0 too fast"):
            deliver()
            deliver(NOON + PACE_REST - SECOND)
            assert len(tried) == 1
            deliver(NOON + PACE_REST)

        assert len(tried) == 2

    def test_its_pace_is_halved_once_a_breath_and_never_to_nothing(self, statement, settings):
        sign_many(statement, 12, "slow.example")
        moment, paces = NOON, []
        with mail_server(settings, at_rcpt=too_fast("slow.example")):
            while len(paces) < 9:
                deliver(moment)
                paces.append(pace_of("slow.example").rate)
                moment = pace_of("slow.example").rests_until

        assert paces == [300, 150, 75, 37.5, 18.75, 9.375, PACE_LEAST, PACE_LEAST, PACE_LEAST]

    def test_while_it_takes_nothing_its_rests_grow_and_with_the_first_mail_taken_they_are_short_again(
        self, statement, settings
    ):
        sign_many(statement, 12, "slow.example")
        moment, rests = NOON, []
        with mail_server(settings, at_rcpt=too_fast("slow.example")) as sink:
            for _try in range(7):
                deliver(moment)
                rests.append((pace_of("slow.example").rests_until - moment).seconds)
                moment = pace_of("slow.example").rests_until
            assert rests == [15, 30, 60, 120, 240, 480, 480]

            sink.at_rcpt = lambda address: None
            deliver(moment)
            sink.at_rcpt = too_fast("slow.example")
            moment += timedelta(minutes=1)
            deliver(moment)
        assert pace_of("slow.example").rests_until - moment == PACE_REST

    def test_it_grows_faster_step_by_step(self, statement, settings):
        sign_many(statement, 1, "slow.example")
        with mail_server(settings, at_rcpt=too_fast("slow.example")):
            deliver()
        minutes_worth = {pace_of("slow.example").key: 300}
        Pace.objects.grow(minutes_worth, now=NOON)

        assert pace_of("slow.example").rate == 300 + PACE_STEP

    def test_a_full_mailbox_says_nothing_about_its_provider(self, statement, settings):
        sign_many(statement, 3, "large.example")
        with mail_server(settings, at_rcpt=lambda a: "452 4.2.2 mailbox full" if a.startswith("signer-0") else None):
            done = deliver()

        assert (done.sent, done.put_off, Pace.objects.count()) == (2, 1, 0)

    def test_who_answers_slowly_is_not_asked_twice_in_a_run(self, statement, settings):
        sign_many(statement, 5, "slow.example")
        sign_many(statement, 30, "quick.example")
        now = [NOON]

        def sleepy(address):
            now[0] += timedelta(seconds=9 if address.endswith("@slow.example") else 0)

        with mail_server(settings, at_rcpt=sleepy) as sink:
            deliver_action.deliver(clock=lambda: now[0])

        assert by_domain(sink) == {"slow.example": 1, "quick.example": 30}
        assert Mail.objects.filter(status="queued", refusals=0).count() == 4

    def test_a_run_gives_back_what_it_has_no_time_for(self, statement, settings):
        for number in range(10):
            sign(statement, f"signer@number-{number}.example")
        now = [NOON]

        def sleepy(address):
            now[0] += timedelta(seconds=9)

        with mail_server(settings, at_rcpt=sleepy) as sink:
            deliver_action.deliver(clock=lambda: now[0])

        assert len(sink.recipients) == 4
        assert now[0] - NOON < RUN + timedelta(seconds=9)
        assert Mail.objects.due(now[0]).count() == 6


class TestADeadLine:
    def test_a_provider_that_answers_421_through_the_mail_server_holds_up_nobody_else(self, statement, settings):
        sign_many(statement, 3, "slow.example")
        sign_many(statement, 20, "quick.example")
        shut = {"signer-0@slow.example": "421 4.7.28 unusual rate of mail"}
        with mail_server(settings, at_rcpt=shut.get) as sink:
            deliver()

        assert by_domain(sink) == {"quick.example": 20}
        assert not Pace.objects.filter(key=SITE).exists()

    def test_421_to_two_providers_in_a_row_is_the_mail_servers_own_and_gives_it_a_rest(self, statement, settings):
        for domain in ("one.example", "two.example", "three.example"):
            sign_many(statement, 2, domain)
        with mail_server(settings, at_rcpt=lambda address: "421 too many connections") as sink:
            done = deliver()
            assert (sink.recipients, done.put_off) == ([], 5)  # but for the second of the first, which is given back
            sink.at_rcpt = lambda address: None
            deliver(NOON + timedelta(seconds=14))
            assert sink.recipients == []
            deliver(NOON + timedelta(minutes=1))

        assert len(sink.recipients) == 6


class TestALargeProvider:
    def test_it_is_approached_slowly_and_quickly_gets_more(self, statement, settings):
        sign_many(statement, AT_ONCE + 130, "gmail.com")
        sign_many(statement, 20, "quick.example")
        with mail_server(settings) as sink:
            deliver()
            assert by_domain(sink) == {"gmail.com": AT_ONCE, "quick.example": 20}
            assert pace_of("gmail.com").rate == PACE_START + AT_ONCE
            deliver(NOON + 10 * SECOND)

        assert by_domain(sink)["gmail.com"] == AT_ONCE + (PACE_START + AT_ONCE) * 10 // 60

    @pytest.mark.django_db(transaction=True)
    def test_what_senders_at_once_take_too_much_they_wait_for(self, settings):
        sign_many(make_statement(), 350, "gmail.com")
        with mail_server(settings) as sink:
            at_once(4, lambda _: deliver())
            sent = len(sink.recipients)
            deliver()

        assert AT_ONCE <= sent == len(sink.recipients) <= AT_ONCE + 3 * 50
        assert pace_of("gmail.com").allowance == AT_ONCE - sent


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

    def test_it_is_gone_with_its_setting(self, statement, settings):
        settings.MAILS_PER_MINUTE = 4
        sign_many(statement, 30, "quick.example")
        with mail_server(settings) as sink:
            deliver()
            settings.MAILS_PER_MINUTE = 0
            deliver()

        assert len(sink.recipients) == 30


def test_a_provider_without_mail_for_two_days_is_forgotten(statement, settings):
    sign_many(statement, 1, "slow.example")
    with mail_server(settings, at_rcpt=too_fast("slow.example")):
        deliver()

    assert forget(now=NOON + KEEP_PACE - SECOND).paces == 0
    assert forget(now=NOON + KEEP_PACE).paces == 1


def test_an_erased_signers_mails_no_longer_say_where_they_went(statement):
    signature = sign(statement, "ilse@private.example")
    assert Mail.objects.get().provider == provider.key_of("ilse@private.example")
    not_me(signature_id=signature.id, now=NOON)

    assert Mail.objects.get().provider == ""
