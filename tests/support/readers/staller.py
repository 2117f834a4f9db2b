"""A reader that never comes to say what holds where it was granted something on a dead drive."""

import json
import time
from multiprocessing.connection import Connection


def main(
    connection: Connection, block_name: str, profile_name: str, parent_pid: int, load: object, scratch: str
) -> None:
    connection.send_bytes(b"ready")
    is_first = True
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        number, path = request["number"], request["params"].get("path", "")
        if any("dead drive" in one for one in request["grants"]["opened"]) or "dead drive" in path:
            time.sleep(3600)
        if is_first:
            holds = {"files": True, "network": True, "tcp": True, "calls": True, "lacks": []}
            connection.send_bytes(json.dumps({"number": number, "holds": holds}).encode())
        is_first = False
        connection.send_bytes(json.dumps({"number": number, "header": {"read": path}, "arrays": []}).encode())
