"""Two assemblies that talk to each other on this machine, to show what Palabre does."""
