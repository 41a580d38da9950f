"""The decision methods, one file each; every module here registers itself."""
