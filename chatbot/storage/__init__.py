"""The only SQL. One port, and two stores behind it: SQLite for one process, PostgreSQL for any number."""
