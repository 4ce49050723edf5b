from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from signatures.audit.models import AuditEntry
from signatures.mail.models.email import Mail
from signatures.privacy.erase import erase
from signatures.public.fold_tally import fold, recount
from signatures.public.models.tally import Tally, TallyEntry, count
from signatures.review.moderate import hide
from signatures.signing.models.signature import Signature
from signatures.signing.resend import queue_own_page_email
from signatures.statements.models.sector import Sector
from signatures.statements.models.version import Version
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement():
    return make_statement()


def entries():
    return sorted(TallyEntry.objects.values_list("sector__slug", "kind", "counted", "listed"))


def test_each_change_appends_what_it_changed(statement):
    signature = make_signature(statement)
    assert entries() == [("music", "person", 1, 1)]

    Signature.objects.filter(id=signature.id).update(visibility="anonymous")
    assert entries() == [("music", "person", 0, -1), ("music", "person", 1, 1)]

    Signature.objects.filter(id=signature.id).delete()
    assert entries() == [("music", "person", -1, 0), ("music", "person", 0, -1), ("music", "person", 1, 1)]


def test_a_change_that_counts_for_nothing_appends_nothing(statement):
    signature = make_signature(statement)
    TallyEntry.objects.all().delete()
    Signature.objects.filter(id=signature.id).update(credit="conductor")

    assert entries() == []


def test_moving_to_another_sector_moves_the_count(statement):
    make_signature(statement)
    TallyEntry.objects.all().delete()
    Signature.objects.update(sector=Sector.objects.get(slug="literature"))

    assert entries() == [("literature", "person", 1, 1), ("music", "person", -1, -1)]


def test_a_change_of_many_rows_appends_a_handful(statement):
    for number in range(300):
        make_signature(statement, sector=("music", "literature")[number % 2])
    fold()
    Signature.objects.update(hidden_at=NOON)

    assert entries() == [("literature", "person", 0, -150), ("music", "person", 0, -150)]


def test_folding_changes_no_count(statement):
    for kind in ("person", "organisation", "person"):
        make_signature(statement, kind=kind)
    before = count(statement.id)
    fold()
    fold()

    assert count(statement.id) == before
    assert (before.all, before.people, before.organisations) == (3, 2, 1)
    assert entries() == []
    assert sorted(Tally.objects.values_list("kind", "counted", "listed")) == [("organisation", 1, 1), ("person", 2, 2)]


def test_a_count_is_one_query(statement, django_assert_num_queries):
    make_signature(statement)
    with django_assert_num_queries(1):
        assert count(statement.id, "fr").all == 1


def test_sectors_are_counted_in_the_statements_order_also_those_with_nobody(statement):
    make_signature(statement, sector="literature")

    assert [(sector.slug, sector.counted) for sector in count(statement.id).parts] == [("music", 0), ("literature", 1)]


def test_recount_finds_and_mends_a_drift(statement):
    make_signature(statement)
    music = Sector.objects.get(slug="music")
    fold()
    Tally.objects.update(counted=F("counted") + 7)

    assert recount() == [(statement.id, music.id, "person", -7, 0)]
    assert count(statement.id).all == 1
    assert recount() == []


class TestTheDatabaseKeepsIt:
    def refuses(self, change):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    def test_counted_and_listed_cannot_be_set_by_hand(self, statement):
        signature = make_signature(statement, state="pending")
        with connection.cursor() as cursor:
            self.refuses(
                lambda: cursor.execute("UPDATE signatures_signature SET counted = true WHERE id = %s", [signature.id])
            )

    def test_one_signature_per_mailbox_and_statement(self, statement):
        make_signature(statement, address="ilse@example.org")
        self.refuses(lambda: make_signature(statement, address="ilse@example.org"))

    def test_confirmed_has_its_moment(self, statement):
        self.refuses(lambda: make_signature(statement, confirmed_at=None))

    def test_no_row_without_mailbox_unless_erased(self, statement):
        signature = make_signature(statement)
        self.refuses(lambda: Signature.objects.filter(id=signature.id).update(mailbox=None))

    def test_nothing_erased_is_counted(self, statement):
        signature = make_signature(statement)
        erase(signature_id=signature.id, now=NOON)
        self.refuses(lambda: Signature.objects.update(state="confirmed", confirmed_at=NOON))

    def test_a_wording_that_people_signed_is_never_changed(self, statement):
        self.refuses(lambda: Version.objects.update(text="Something else"))

    def test_row_25_the_record_of_acts_is_neither_changed_nor_deleted(self, statement, django_user_model):
        signature = make_signature(statement)
        moderator = django_user_model.objects.create_user("mod")
        hide(signature_id=signature.id, actor=moderator, reason="asked to", now=NOON)
        self.refuses(lambda: AuditEntry.objects.update(reason="nothing"))
        self.refuses(lambda: AuditEntry.objects.all().delete())

    def test_a_mail_is_not_sent_without_its_moment(self, statement):
        queue_own_page_email(signature_id=make_signature(statement).id, now=NOON)
        self.refuses(lambda: Mail.objects.update(status="sent"))

    def test_a_statement_closes_after_it_opens(self, statement):
        self.refuses(lambda: type(statement).objects.update(closes_at=statement.opens_at - timedelta(days=1)))

    def test_one_statement_is_featured(self):
        make_statement("first", is_featured=True)
        self.refuses(lambda: make_statement("second", is_featured=True))
