"""An organisation is counted once on a statement. The database says so; this says it in words of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from signatures.signing.models.signature import Signature

UNIQUE_CONSTRAINT = "one_signature_per_organisation"


class OrganisationAlreadyCounted(Exception):
    """Another signature of the same organisation counts: nothing was changed."""


@contextmanager
def unique_organisation(signature: Signature) -> Iterator[None]:
    """Around what lets it count; undone where that would count its organisation twice."""
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
