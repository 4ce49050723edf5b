"""Exports signatures as CSV or XLSX: streamed in constant memory, and safe to open in a spreadsheet."""
