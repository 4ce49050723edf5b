"""Cleans and compares what identifies a signer: names, mailboxes, websites, and keys to search and sort by. Uses no
models."""
