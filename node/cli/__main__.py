"""Lets `python -m node.cli` be the command line."""

import sys

from node.cli.run import main

sys.exit(main())
