"""Starts ministack on a free port of 127.0.0.1, prints that port, and ends with its parent.

ministack's own entry point takes a port from the environment and cannot be
asked for a free one, so the socket is bound here and handed to its server.
"""

import asyncio
import os
import socket
import sys
import threading

listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
port = listener.getsockname()[1]

# Read when the module is imported: queue URLs carry host and port.
os.environ["GATEWAY_PORT"] = str(port)
os.environ["MINISTACK_HOST"] = "127.0.0.1"
os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}"
# These two listen on every address, whatever the socket above is bound to.
os.environ["IOT_MTLS_ENABLED"] = "0"
os.environ["SFTP_ENABLED"] = "0"

from hypercorn.asyncio import serve  # noqa: E402
from hypercorn.config import Config  # noqa: E402
from ministack.app import LOG_LEVEL, app  # noqa: E402


def end_with_parent() -> None:
    # Standard input ends when the parent does, however the parent ends.
    while sys.stdin.buffer.read(1):
        pass
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()

config = Config()
config.bind = [f"fd://{listener.fileno()}"]
config.keep_alive_timeout = 75
config.loglevel = LOG_LEVEL.upper()

# The socket listens already: what connects before the server reads waits.
print(f"port {port}", flush=True)
asyncio.run(serve(app, config))
