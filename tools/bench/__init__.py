"""bin/bench compares the speed of each part of the site with its floor. docs/performance.md explains it."""
