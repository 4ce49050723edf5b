"""The largest file of people that the site reads."""

MAX_IMPORT_BYTES = 25_000_000  # bytes of a file; deploy/nginx.conf lets a little more in
MAX_IMPORT_LINES = 100_000  # lines of people
MAX_COLUMNS = 50
MAX_CELL_LENGTH = 32_767  # characters; no spreadsheet takes more
MAX_UNPACKED_BYTES = 150_000_000  # bytes of what is packed in a workbook
