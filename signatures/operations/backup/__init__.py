"""Encrypted backups of the database and of stored files. Each is read back before it gets its final name."""
