"""The statements of signing and confirming, written in SQL because the ORM takes longer to put them together than the
database takes to run them (docs/decisions/0017-fast-sql.md). `reference` has each of them again, with the ORM."""
