"""Backups: the database, and the files beside it, each encrypted as it is read and read back before it counts."""
