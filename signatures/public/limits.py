"""How many requests one network may send to the list and the API: (number, seconds)."""

SEARCH_RATE = (240, 60)
API_RATE = (600, 60)
