"""The command line: what can be done with a node without a browser."""

from node.cli.run import main

__all__ = ["main"]
