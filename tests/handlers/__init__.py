"""What each skill answers."""
