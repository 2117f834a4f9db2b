"""A reader that answers every request with the message it is given, whatever that is."""

import json
from multiprocessing.connection import Connection


def main(
    connection: Connection, block_name: str, profile_name: str, parent_pid: int, load: object, scratch: str
) -> None:
    connection.send_bytes(b"ready")
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        connection.send_bytes(request["params"]["message"].encode())
