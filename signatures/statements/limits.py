"""Limits the length of texts."""

MAX_TEXT_LENGTH = 100_000  # characters of a statement in one language
MAX_UPDATE_LENGTH = 20_000  # characters of an update in one language
