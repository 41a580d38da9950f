"""What arrives, one file for each kind; every module registers itself."""
