"""Signatures as files for organisers: streamed, however many there are, and safe to open in a spreadsheet."""
