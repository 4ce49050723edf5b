"""An organisation counts once on a statement. Turns the database's constraint error into an exception."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from signatures.signing.models.signature import Signature

UNIQUE_CONSTRAINT = "one_signature_per_organisation"


class OrganisationAlreadyCounted(Exception):
    """Another signature of the same organisation counts already. Nothing was changed."""


@contextmanager
def unique_organisation(signature: Signature) -> Iterator[None]:
    """Wraps the change that makes it count. If its organisation counts already, undoes the change and raises."""
    if not signature.website_domain:
        yield
        return
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != UNIQUE_CONSTRAINT:
            raise
        raise OrganisationAlreadyCounted from None
