"""PostgreSQL as Django drives it, but for one thing: base.py."""
