"""What runs the site on a developer's machine: bin/dev, bin/test and bin/check begin here."""
