"""Shows everything that is stored about a mailbox, and proves after an erasure that nothing is left."""

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
        "Prints as JSON everything that is stored about a mailbox, over all statements. Exits with 0 if there is"
        " something, with 1 if there is nothing, and with 2 if it cannot tell. With - it reads the address from"
        " standard input, so that it is in no list of processes and in no shell history."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "mailbox", help="an email address, in any spelling that its provider treats as the same, or -"
        )

    def handle(self, *args, **options):
        address = options["mailbox"] if options["mailbox"] != "-" else sys.stdin.readline()
        try:
            rows = find_person(person_mailbox=mailbox.parse(address))
        except mailbox.BadMailbox as error:
            raise CommandError(str(error.message), returncode=EXIT_UNDECIDABLE) from None
        except InvalidToken:
            raise CommandError("No listed FIELD_KEY decrypts this mailbox.", returncode=EXIT_UNDECIDABLE) from None
        if rows:
            self.stdout.write(json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
            return
        if unreachable := count_unreachable_rows():
            raise CommandError(
                f"Nothing found, but {unreachable} digests are under a DIGEST_KEY that is not listed: add it again.",
                returncode=EXIT_UNDECIDABLE,
            )
        self.stdout.write("Nothing is stored about this mailbox.")
        sys.exit(1)
