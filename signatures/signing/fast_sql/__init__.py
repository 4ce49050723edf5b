"""Signs and confirms with hand-written SQL, because the ORM takes longer to build the statements than the database
takes to run them (docs/decisions/0017-fast-sql.md). `reference` has the same statements with the ORM."""
