"""The floors: programs that do the least possible for the work of one part of the site."""
