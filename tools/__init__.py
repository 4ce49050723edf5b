"""What developers run. The site never imports it."""
