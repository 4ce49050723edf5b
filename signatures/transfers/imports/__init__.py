"""Imports signatures that were collected elsewhere: reads a file, checks its lines with the rules of the form, and
sends each signer an email.

The worker does all of it. If it is killed, the next task continues where it stopped.
"""
