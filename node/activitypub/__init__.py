"""The protocol, pure: no database, no network, and time is always an argument."""
