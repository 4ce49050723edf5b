"""Who signs: names as typed, mailboxes as compared, keys to search and sort by. No models, no database."""
