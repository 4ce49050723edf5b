"""Signatures that were collected elsewhere: a file is read, its lines are checked by the form's own rules, and each is
brought in when its turn comes. All of it is the worker's; it may be killed at any moment and goes on where it stood."""
