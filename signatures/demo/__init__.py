"""This package creates demonstration data: two statements with invented signers."""
