"""Ask the server of this container whether it is well; the exit status says. Not by curl, which the image lacks."""

import http.client
import os
import sys


def main() -> int:
    port = os.environ.get("PLAYLAB_PORT") or "5000"  # an empty one is none, for the server too
    if "://" in port:  # set by Kubernetes for a service named playlab; the server takes its default then too
        port = "5000"
    # Not urllib, which would ask a proxy that the container's environment names.
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=4)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        print(answer.status, answer.read(200).decode(errors="replace").strip())
    except OSError as error:
        print(error)
        return 1
    return int(answer.status != 200)


if __name__ == "__main__":
    sys.exit(main())
