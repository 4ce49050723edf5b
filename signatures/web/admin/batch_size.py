"""How many rows one request at the desk changes."""

MAX_SELECTED = 500
"""One request can change this many rows well within the time limit of a web worker."""
