"""Ask the server of this container whether it is well; the exit status says. Not by curl, which the image lacks."""

import http.client
import os
import sys


def main() -> int:
    # Not urllib, which would ask a proxy that the container's environment names.
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PLAYLAB_PORT"]), timeout=4)
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
