"""Signatures as files for organisers: streamed, however many there are, and safe to open in a spreadsheet."""

from signatures.exports.columns import columns_for
from signatures.exports.csv_file import csv_file
from signatures.exports.rows import Wanted, batches
from signatures.exports.xlsx_file import xlsx_file

__all__ = ["Wanted", "batches", "columns_for", "csv_file", "xlsx_file"]
