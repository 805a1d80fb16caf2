"""Conversations told as stories, played against the real pipeline on both platforms."""
