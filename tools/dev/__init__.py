"""Runs the site on a developer's machine: bin/dev, bin/test, bin/check and bin/drill start here."""
