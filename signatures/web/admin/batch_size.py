"""How many rows one request at the desk changes."""

MAX_SELECTED = 500
