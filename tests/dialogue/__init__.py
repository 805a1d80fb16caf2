"""Routers, guided flows and forms of address."""
