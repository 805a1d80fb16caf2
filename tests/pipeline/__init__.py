"""What happens to a turn, told as short conversations."""
