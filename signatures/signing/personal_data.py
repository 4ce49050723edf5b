"""Collects the data that signers can download about themselves."""

from datetime import datetime
from typing import Any

from signatures.signing.models.share import brought
from signatures.signing.models.signature import Signature


def collect_personal_data(*, signature: Signature) -> dict[str, Any]:
    """Returns all data kept about a signer, ready for JSON."""
    fields = (
        "name",
        "credit",
        "quotation",
        "organisation",
        "website",
        "officer",
        "officer_post",
        "kind",
        "language",
        "state",
        "visibility",
        "updates",
        "notable",
    )
    return {
        "statement": signature.statement.slug,
        **{field: getattr(signature, field) for field in fields},
        "sector": signature.sector.slug,
        "email": signature.address,
        "version": {"language": signature.version.language, "sha256": signature.version.digest},
        "flags": signature.flags,
        "came_by": signature.referrer_code,
        "brought_from": signature.imported.source if signature.imported else None,
        "share": _share(signature),
        "hidden_at": _iso_format(signature.hidden_at),
        "signed_at": _iso_format(signature.created_at),
        "confirmed_at": _iso_format(signature.confirmed_at),
        "proposed": _proposed_correction(signature),
        "mails": [
            {
                "kind": mail.kind,
                "status": mail.status,
                "created_at": _iso_format(mail.created_at),
                "sent_at": _iso_format(mail.sent_at),
            }
            for mail in signature.mails.order_by("id")
        ],
    }


def _proposed_correction(signature: Signature) -> dict[str, str] | None:
    if signature.proposed_at is None:
        return None
    return {field: getattr(signature, f"proposed_{field}") for field in ("name", "credit", "quotation", "website")}


def _share(signature: Signature) -> dict[str, Any] | None:
    row = brought(signature.pk)
    return {"code": row[0], "brought": row[1]} if row else None


def _iso_format(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
