"""Durable, ordered, once: events in through the inbox, turns through lanes, replies out through the outbox."""
