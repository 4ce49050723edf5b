"""How many requests one network may send to the login: (number, seconds)."""

LOGIN_RATE = (20, 60)  # axes counts wrong passwords by account and network
