"""The least that could do the work of a part of the site: what a case is measured beside."""
