"""The only SQL. One port, two stores: SQLite for one process, PostgreSQL for many."""
