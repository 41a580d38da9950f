"""What leaves the node when something happens here; every module registers itself."""
