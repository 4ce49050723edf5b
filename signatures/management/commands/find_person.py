"""Answers whoever asks what is held about them, and proves after an erasure that nothing is."""

import json
import sys

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from signatures.identity import mailbox
from signatures.privacy.subject_access import count_unreachable_rows, find_person

EXIT_UNDECIDABLE = 2


class Command(BaseCommand):
    help = (
        "Prints as JSON everything that is held about a mailbox, over all statements. Exits 0 where there is something,"
        " 1 where there is nothing, 2 where it cannot tell. With - it reads the address from its input, so that it"
        " stands in no list of processes and in no history."
    )

    def add_arguments(self, parser):
        parser.add_argument("mailbox", help="an e-mail address, in any spelling that its provider takes for one")

    def handle(self, *args, **options):
        asked = options["mailbox"] if options["mailbox"] != "-" else sys.stdin.readline()
        try:
            found = find_person(person_mailbox=mailbox.parse(asked))
        except mailbox.BadMailbox as error:
            raise CommandError(str(error.message), returncode=EXIT_UNDECIDABLE) from None
        except InvalidToken:
            raise CommandError("No listed FIELD_KEY reads this mailbox.", returncode=EXIT_UNDECIDABLE) from None
        if found:
            self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
            return
        if hidden := count_unreachable_rows():
            raise CommandError(
                f"Nothing found, but {hidden} digests are under a DIGEST_KEY that is not listed: list it again.",
                returncode=EXIT_UNDECIDABLE,
            )
        self.stdout.write("Nothing is held about this mailbox.")
        sys.exit(1)
