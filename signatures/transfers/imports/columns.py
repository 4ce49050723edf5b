"""Defines what a column of an import can contain, and guesses it from the heading. An organiser corrects the guess."""

import unicodedata
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

IGNORED = ""
COLUMN_LABELS: dict[str, str | Promise] = {
    IGNORED: _("nothing (ignore the column)"),
    "name": _("Name"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "email": _("E-mail"),
    "sector": _("Field of work"),
    "credit": _("Known as"),
    "organisation": _("Organisation"),
    "kind": _("Person or organisation"),
    "website": _("Website of an organisation"),
    "officer": _("Person who signs for an organisation"),
    "officer_post": _("Position of that person"),
    "visibility": _("In the list: public or anonymous"),
    "language": _("Language"),
}

# Usual headings, in the languages of the site and in some others
HEADING_SYNONYMS = {
    "name": (
        "name",
        "full name",
        "signatory",
        "signer",
        "nom",
        "nom complet",
        "nama",
        "nama lengkap",
        "नाम",
        "पूरा नाम",
        "الاسم",
        "الاسم الكامل",
        "nombre",
    ),
    "given_name": (
        "given name",
        "first name",
        "firstname",
        "forename",
        "prénom",
        "nama depan",
        "vorname",
        "पहला नाम",
        "الاسم الأول",
    ),
    "family_name": (
        "family name",
        "last name",
        "lastname",
        "surname",
        "nom de famille",
        "nama belakang",
        "nachname",
        "apellidos",
        "उपनाम",
        "اسم العائلة",
    ),
    "email": (
        "email",
        "e-mail",
        "mail",
        "email address",
        "e-mail address",
        "mailbox",
        "adresse e-mail",
        "adresse email",
        "courriel",
        "surel",
        "alamat email",
        "correo electrónico",
        "ईमेल",
        "ई-मेल",
        "البريد الإلكتروني",
    ),
    "sector": (
        "sector",
        "field of work",
        "field",
        "discipline",
        "secteur",
        "domaine",
        "bidang",
        "bidang kerja",
        "क्षेत्र",
        "कार्यक्षेत्र",
        "المجال",
        "مجال العمل",
    ),
    "credit": (
        "credit",
        "known as",
        "profession",
        "occupation",
        "role",
        "title",
        "métier",
        "profesi",
        "pekerjaan",
        "beruf",
        "पेशा",
        "परिचय",
        "المهنة",
        "الصفة",
    ),
    "organisation": (
        "organisation",
        "organization",
        "company",
        "affiliation",
        "institution",
        "organisasi",
        "lembaga",
        "संगठन",
        "संस्था",
        "المؤسسة",
        "المنظمة",
    ),
    "kind": (
        "kind",
        "type",
        "jenis",
        "प्रकार",
        "النوع",
    ),
    "website": ("website", "web site", "site", "url", "site web", "situs", "situs web", "वेबसाइट", "الموقع"),
    "officer": ("officer", "signed by", "contact person", "représentant", "perwakilan", "प्रतिनिधि", "الممثل"),
    "officer_post": ("post", "position", "fonction", "poste", "jabatan", "पद", "المنصب"),
    "visibility": (
        "visibility",
        "in the list",
        "visibilité",
        "visibilitas",
        "दृश्यता",
        "الظهور",
    ),
    "language": (
        "language",
        "lang",
        "locale",
        "langue",
        "bahasa",
        "sprache",
        "भाषा",
        "اللغة",
    ),
}


def guess_columns(headings: Sequence[str]) -> list[str]:
    """Guesses the meaning of each column. Each meaning is used once, for the first heading that matches."""
    guessed: list[str] = []
    for heading in headings:
        column = COLUMN_BY_HEADING.get(fold_heading(heading), IGNORED)
        guessed.append(IGNORED if column in guessed else column)
    return guessed


def column_problem(columns: Sequence[str]) -> str | Promise | None:
    """Returns why this choice of columns is not usable, or None."""
    held = [column for column in columns if column]
    if len(held) != len(set(held)):
        return _("Two columns have the same meaning. Choose one of them.")
    if "email" not in held:
        return _("Choose the column with the e-mail address.")
    if "name" in held and {"given_name", "family_name"} & set(held):
        return _("One column has the whole name: leave out the columns with parts of it.")
    if not {"name", "given_name", "family_name"} & set(held):
        return _("Choose the column with the name.")
    return None


def cells_by_column(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Returns the cells of a line by field name, with the full name under "name"."""
    named = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    parts = [named.pop("given_name", "").strip(), named.pop("family_name", "").strip()]
    return {"name": " ".join(filter(None, parts)), **named}


def fold_heading(text: str) -> str:
    """Removes case, accents and punctuation, so that headings can be compared."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in plain.casefold()).split())


COLUMN_BY_HEADING = {fold_heading(called): column for column, names in HEADING_SYNONYMS.items() for called in names}
