"""Error messages for files that cannot be read."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.web.languages.localized_numbers import number
from signatures.web.limits import MAX_CELL_LENGTH, MAX_COLUMNS, MAX_IMPORT_BYTES, MAX_IMPORT_LINES, MAX_UNPACKED_BYTES

ERROR_MESSAGES: dict[str, str | Promise] = {
    "ending": gettext_lazy("Choose a CSV or XLSX file: its name has to end with .csv, .tsv, .txt or .xlsx."),
    "large": gettext_lazy("The file is larger than %(megabytes)s MB. Split it."),
    "empty": gettext_lazy("The file is empty."),
    "not_text": gettext_lazy("This is no CSV file, though its name says so: there are bytes in it that no text has."),
    "not_workbook": gettext_lazy("This is no XLSX file, though its name says so."),
    "old_workbook": gettext_lazy(
        "This is an old Excel file, or one with a password. Save it as XLSX without a password, and send it again."
    ),
    "damaged": gettext_lazy("The file is damaged or was cut off on its way. Save it anew, and send it again."),
    "bomb": gettext_lazy("Unpacked, this file would be larger than %(unpacked)s MB. That is no list of people."),
    "encoding": gettext_lazy("This is not UTF-8. Save the file as “CSV UTF-8”, and send it again."),
    "quote": gettext_lazy("This cannot be read as CSV: look for a quotation mark that is not closed."),
    "cell": gettext_lazy("A cell has more than %(cell)s characters. That is no name and no address."),
    "heading": gettext_lazy("The first line has to name the columns: name, e-mail and so on."),
    "one_column": gettext_lazy(
        "There is one column alone. A line needs a name and an e-mail address at least, with a comma, a semicolon or a"
        " tab between them."
    ),
    "columns": gettext_lazy("There are more than %(columns)s columns. Keep those that say something of a signature."),
    "nobody": gettext_lazy("Below the names of the columns there is nobody."),
    "many": gettext_lazy("There are more than %(many)s people in it. Split the file."),
    "unreadable": gettext_lazy("The worker could not read this file, and has given up. Save it anew as CSV UTF-8."),
    "lost": gettext_lazy("The file was kept for a day and could not be read in that time. Send it again."),
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
