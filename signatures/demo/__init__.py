"""A demonstration: two statements and the people who sign them, none of whom exist."""
