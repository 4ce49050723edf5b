"""Tests the metrics for Prometheus, and that the alerts use only these."""

import re
from datetime import timedelta

import promql_parser
import pytest
import yaml
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families as parse

from signatures.mail.models.email import Mail
from signatures.mail.models.provider_cooldown import ProviderCooldown
from signatures.mail.send import send_emails
from signatures.operations.heartbeat import stamp_heartbeat
from signatures.operations.log_format import MAILBOX
from signatures.public.fold_tally import check_counts, fold
from signatures.public.models.tally import Tally
from signatures.signing.models.signature import Signature
from signatures.web import event_counters
from signatures.web.models import Measurement
from tests.people import make_signature, make_statement, sign
from tests.smtp import mail_server
from tools.dev.processes import ROOT

pytestmark = pytest.mark.django_db

KEY = "a-key-for-the-watchers-0123456789abcdef"
NOW = timezone.now()
State = Signature.State


@pytest.fixture(autouse=True)
def key(settings):
    settings.METRICS_KEY = KEY
    event_counters.counter_breaker.reset()


@pytest.fixture
def statement():
    return make_statement(now=NOW)


def scrape(**headers):
    return Client().get("/-/metrics", headers=headers or {"Authorization": f"Bearer {KEY}"})


def numbers():
    """Returns each sample by name and labels, such as `mails_total{provider=Gmail,result=sent}`."""
    response = scrape()
    assert response.status_code == 200
    samples = [sample for family in parse(response.text) for sample in family.samples]
    return {_written(sample.name, sample.labels): sample.value for sample in samples}


def _written(name, labels):
    listed = ",".join(f"{label}={value}" for label, value in sorted(labels.items()))
    return name.removeprefix("undersigned_") + (f"{{{listed}}}" if listed else "")


class TestKey:
    @pytest.mark.parametrize(
        "headers",
        [{"Accept": "text/plain"}, {"Authorization": "Bearer wrong"}, {"Authorization": KEY}, {"Authorization": "é"}],
    )
    def test_without_it_there_is_no_such_page(self, headers):
        response = scrape(**headers)

        assert (response.status_code, b"undersigned_" in response.content) == (404, False)

    def test_where_none_is_set_nobody_has_it(self, settings):
        settings.METRICS_KEY = None

        assert scrape(Authorization="Bearer None").status_code == 404
        assert scrape(Authorization="Bearer ").status_code == 404

    def test_no_cache_keeps_them(self):
        assert scrape()["Cache-Control"] == "no-store"


def test_signatures_by_state(statement):
    for state, count in ((State.CONFIRMED, 3), (State.HELD, 2), (State.REJECTED, 1)):
        for _one in range(count):
            make_signature(statement, state=state, now=NOW)
    fold()
    make_signature(statement, now=NOW)
    samples = numbers()

    assert {state: samples[f"signatures{{state={state}}}"] for state in State.values} == {
        "pending": 0, "confirmed": 4, "held": 2, "rejected": 1, "withdrawn": 0,
    }  # fmt: skip
    assert samples["accepted_total"] == 7


def test_the_outbox_by_kind_status_and_age(statement):
    sign(statement, "early@example.org", now=NOW - timedelta(minutes=10))
    sign(statement, "late@example.org", now=NOW)
    Mail.objects.create(
        signature=make_signature(statement), kind="own_page", language="en", generation=1, status="failed",
        due_at=NOW, next_attempt_at=NOW, created_at=NOW, message_id="x",
    )  # fmt: skip
    samples = numbers()

    assert samples["outbox_mails{kind=confirm,status=queued}"] == 2
    assert samples["outbox_mails{kind=own_page,status=failed}"] == 1
    since = (timezone.now() - NOW).total_seconds()
    assert 600 <= samples["outbox_oldest_seconds{kind=confirm}"] <= 600 + since
    assert samples["outbox_oldest_seconds{kind=approved}"] == 0


def test_what_became_of_mails_by_provider(statement, settings):
    for address in ("a@gmail.com", "b@gmail.com", "c@private.example", "d@another.example"):
        sign(statement, address, now=NOW)
    answers = {"b@gmail.com": "450 4.7.0 slower", "d@another.example": "550 no such user"}
    with mail_server(settings, at_rcpt=answers.get):
        send_emails(clock=lambda: NOW)
    ProviderCooldown.objects.update(resume_at=timezone.now() + timedelta(minutes=1))
    samples = numbers()

    assert {name: value for name, value in samples.items() if name.startswith("mails_total")} == {
        "mails_total{provider=Gmail,result=sent}": 1,
        "mails_total{provider=Gmail,result=put_off}": 1,
        "mails_total{provider=other,result=sent}": 1,
        "mails_total{provider=other,result=failed}": 1,
    }
    assert samples["provider_waiting_mails{provider=Gmail}"] == 1
    assert (samples["provider_rests{provider=Gmail}"], samples["provider_rests{provider=iCloud}"]) == (1, 0)
    assert samples["suppressed_mailboxes{reason=refused}"] == 1


def test_counts_that_lag_and_counts_that_were_wrong(statement):
    make_signature(statement)
    assert numbers()["unfolded_entries"] == 1
    assert "count_drift" not in numbers()

    fold()
    Tally.objects.update(counted=5, listed=1)
    check_counts(now=NOW)
    assert (numbers()["unfolded_entries"], numbers()["count_drift"]) == (1, 4)


def test_a_worker_that_is_silent(statement):
    assert "worker_heartbeat_age_seconds" not in numbers()

    stamp_heartbeat(now=NOW - timedelta(minutes=5))
    age = numbers()["worker_heartbeat_age_seconds"]
    assert 300 <= age <= 300 + (timezone.now() - NOW).total_seconds()


def test_forms_that_were_refused_and_limits_that_were_passed(statement, client):
    sign_url, again_url = "/letter/sign/", "/letter/check-your-inbox/"
    client.post(sign_url, {"name": ""})
    client.post(sign_url, {"name": ""})
    client.post(sign_url, {"name": ""}, headers={"Origin": "https://elsewhere.example"})
    for _time in range(122):  # 60 a minute are allowed, and a new minute may begin during the test
        client.post(again_url, {"email": "not one"})
    samples = numbers()

    assert samples["refused_total{reason=mistakes}"] + samples["refused_total{reason=too many}"] == 124
    assert samples["refused_total{reason=another site}"] == 1
    assert samples["refused_total{reason=too many}"] == samples["limited_total{group=resend}"] >= 2


def test_without_a_cache_the_other_numbers_are_told(settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}

    assert numbers()["accepted_total"] == 0


def test_they_cost_the_same_few_queries_for_one_and_for_many(statement, django_assert_num_queries):
    for count in (1, 30):
        for number in range(count):
            sign(statement, f"signer-{count}-{number}@domain-{number}.example", now=NOW)
        with django_assert_num_queries(14):
            numbers()


def test_they_name_nobody(statement, settings):
    sign(statement, "ilse@private.example", name="Ilse Varga", now=NOW)
    with mail_server(settings, at_rcpt=lambda address: f"450 4.7.0 <{address}> slower"):
        send_emails(clock=lambda: NOW)
    output = scrape().text

    assert [word for word in ("ilse", "Ilse", "private.example") if word in output] == []
    assert MAILBOX.search(output) is None


class TestAlerts:
    GROUPS = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"]
    RULES = [rule for group in GROUPS for rule in group["rules"]]
    RUNNING = (ROOT / "docs/running.md").read_text()

    @pytest.fixture
    def everything(self, statement, settings):
        """A site on which no metric is empty."""
        sign(statement, "a@gmail.com", now=NOW)
        with mail_server(settings):
            send_emails(clock=lambda: NOW)
        check_counts(now=NOW)
        stamp_heartbeat(now=NOW)
        event_counters.increment_counter(event_counters.REFUSED, "mistakes")
        event_counters.increment_counter(event_counters.LIMITED, "sign")
        return {re.sub(r"\{.*", "", name) for name in numbers()}

    def test_each_asks_for_numbers_that_are_told(self, everything):
        used_names = {name for rule in self.RULES for name in re.findall(r"undersigned_(\w+)", rule["expr"])}

        assert used_names - everything == set()
        assert len(self.RULES) >= 10

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
    def test_each_can_be_read_by_prometheus(self, rule):
        assert promql_parser.parse(rule["expr"])

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
    def test_each_says_what_it_is_and_where_its_page_is(self, rule):
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        headings = re.findall(r"^#+ (.+)$", self.RUNNING, re.MULTILINE)

        assert page == "docs/running.md"
        assert anchor in {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in {"page", "ticket"}

    def test_each_page_belongs_to_an_alert(self):
        section = self.RUNNING.split("\n## Alerts\n")[1].split("\n## ")[0]
        headings = re.findall(r"^### (.+)$", section, re.MULTILINE)

        assert headings == [rule["alert"] for rule in self.RULES]


def test_measurements_add_up(statement):
    Measurement.objects.add("mails", {"b": 1, "a": 2}, now=NOW)
    Measurement.objects.add("mails", {"a": 3}, now=NOW)

    assert dict(Measurement.objects.values_list("label", "value")) == {"a": 5, "b": 1}
