"""A node that trusts the certificates of the bench besides: `python -m bench.trusting serve ...`.

The product reads no authority from the environment, so the context is handed to its client.
"""

import functools
import os
import ssl
import sys

from node import app
from node.cli.run import main
from node.network.client import Client

AUTHORITY = "BENCH_AUTHORITY"


def trust() -> None:
    """Build the one client of this process with the authority of the bench."""
    tls = ssl.create_default_context(cafile=os.environ[AUTHORITY])
    vars(app)["Client"] = functools.partial(Client, verify=tls)


if __name__ == "__main__":
    trust()
    sys.exit(main())
