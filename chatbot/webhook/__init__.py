"""The HTTP edge: verify the raw bytes, read the whole batch, mask, store, acknowledge."""
