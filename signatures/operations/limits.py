"""How many reports of browsers one network may send: (number, seconds)."""

CSP_REPORT_RATE = (30, 60)
