"""The outside world and our words: verify, parse, render, send. No decisions about the product are made here."""
