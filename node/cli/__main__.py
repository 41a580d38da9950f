"""Lets `python -m node.cli` be the command line."""

import gc
import sys

# Half a second of imports makes hundreds of thousands of objects that stay for good: no need
# to look through them again and again.
gc.disable()

from node.cli.run import main

gc.enable()
gc.freeze()
sys.exit(main())
