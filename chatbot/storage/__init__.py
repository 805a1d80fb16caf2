"""The only SQL. One port, and the store behind it: SQLite, for one process."""
