"""The way out, and what may be reached by it."""
