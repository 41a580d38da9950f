"""Traffic with other servers: what arrives, what leaves, and how we find each other."""
