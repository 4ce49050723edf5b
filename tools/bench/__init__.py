"""bin/bench: how fast the site is, each part beside the least that could do its work. docs/performance.md explains."""
