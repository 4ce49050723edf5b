"""Extracts, writes, compiles and checks the translation catalogues, without gettext's programs."""
