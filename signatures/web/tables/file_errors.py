"""Error messages for files that cannot be read."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.web.languages.localized_numbers import number
from signatures.web.tables.limits import (
    MAX_CELL_LENGTH,
    MAX_COLUMNS,
    MAX_IMPORT_BYTES,
    MAX_IMPORT_LINES,
    MAX_UNPACKED_BYTES,
)

ERROR_MESSAGES: dict[str, str | Promise] = {
    "ending": gettext_lazy("Choose a CSV or XLSX file: its name has to end with .csv, .tsv, .txt or .xlsx."),
    "large": gettext_lazy("The file is larger than %(megabytes)s MB. Split it."),
    "empty": gettext_lazy("The file is empty."),
    "not_text": gettext_lazy(
        "This is not a CSV file, although its name says so: it contains bytes that do not occur in text."
    ),
    "not_workbook": gettext_lazy("This is not an XLSX file, although its name says so."),
    "old_workbook": gettext_lazy(
        "This is an old Excel file, or one with a password. Save it as XLSX without a password, and upload it again."
    ),
    "damaged": gettext_lazy("The file is damaged or incomplete. Save it again, and upload it again."),
    "bomb": gettext_lazy("Unpacked, this file would be larger than %(unpacked)s MB. A list of people is smaller."),
    "encoding": gettext_lazy("This is not UTF-8. Save the file as “CSV UTF-8”, and upload it again."),
    "quote": gettext_lazy("This cannot be read as CSV: look for a quotation mark that is not closed."),
    "cell": gettext_lazy("A cell has more than %(cell)s characters. Names and addresses are shorter."),
    "heading": gettext_lazy("The first line has to name the columns: name, e-mail and so on."),
    "one_column": gettext_lazy(
        "There is only one column. A line needs at least a name and an e-mail address, with a comma, a "
        "semicolon or a tab between them."
    ),
    "columns": gettext_lazy("There are more than %(columns)s columns. Keep only those about signatures."),
    "nobody": gettext_lazy("There are no people below the column names."),
    "many": gettext_lazy("There are more than %(many)s people in it. Split the file."),
    "unreadable": gettext_lazy(
        "The worker could not read this file after several attempts. Save it as CSV UTF-8, and upload it again."
    ),
    "lost": gettext_lazy("The file could not be read within a day and was deleted. Upload it again."),
}


class UnreadableFile(Exception):
    """The file cannot be read, and nothing of it is stored. `line` is 0 if the error concerns the whole file."""

    def __init__(self, code: str, line: int = 0) -> None:
        self.code, self.line = code, line
        super().__init__(code)


def error_message(code: str, line: int = 0) -> str:
    words = str(ERROR_MESSAGES[code]) % {
        "megabytes": number(MAX_IMPORT_BYTES // 1_000_000),
        "unpacked": number(MAX_UNPACKED_BYTES // 1_000_000),
        "cell": number(MAX_CELL_LENGTH),
        "columns": number(MAX_COLUMNS),
        "many": number(MAX_IMPORT_LINES),
    }
    return _("Line %(line)s: %(problem)s") % {"line": number(line), "problem": words} if line else words
