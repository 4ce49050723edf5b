"""Scripts for developers. The site never imports this package."""
