"""The catalogues of translations: found in the sources, written, compiled and checked without gettext's programs."""
