"""Demonstration data: two statements with invented signers."""
