"""The life of a vote, one module for each thing that can be done to it."""
