"""How many rows one request at the desk changes."""

MOST_AT_ONCE = 500
