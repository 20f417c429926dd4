"""nginx as docs/nginx.conf has it, with the addresses and folders of a test."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import socket
import subprocess
from pathlib import Path

from support.processes import ROOT, free_port, program, wait_until

EXAMPLE = ROOT / "docs" / "nginx.conf"


def replaced(text: str, pattern: str, by: str) -> str:
    """`text` with the one place that looks like `pattern` changed."""
    text, count = re.subn(pattern, by, text, flags=re.MULTILINE)
    assert count == 1, f"{count} places like {pattern!r}"
    return text


def with_tls(text: str, certificate: Path, key: Path) -> str:
    """The configuration with its lines for TLS instead of the one without."""
    text = replaced(text, r"^ +listen 80;\n", "")
    lines = re.search(r"^ +# listen 443 ssl;\n(?: +# ssl_.*\n)+", text, re.MULTILINE)
    assert lines, "no lines for TLS"
    text = text.replace(lines[0], lines[0].replace("# ", ""))
    text = replaced(text, r"/etc/ssl/lab\.school\.pem", str(certificate))
    return replaced(text, r"/etc/ssl/lab\.school\.key", str(key))


class NginxServer:
    """In front of the web servers at `addresses`, each HOST:PORT."""

    def __init__(self, folder: Path, addresses: list[str], text: str | None = None):
        """text: the configuration, by default the example."""
        self.port, scheme = free_port(), "https" if text else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self._log = folder / "error.log"
        text = text or EXAMPLE.read_text(encoding="utf-8")
        text = replaced(text, r"^ *server web:5000;", " ".join(f"server {address};" for address in addresses))
        text = replaced(text, r"^ *listen \d+( ssl)?;", rf"listen 127.0.0.1:{self.port}\1;")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = [f"{kind}_temp_path {folder}/{kind};" for kind in kinds]
        text = replaced(text, r"^http {$", " ".join(["http {", f"access_log {folder}/access.log;", *folders]))
        file = folder / "nginx.conf"
        file.write_text(text, encoding="utf-8")
        rest = f"daemon off; pid {folder}/nginx.pid; error_log {self._log};"
        if os.getuid() == 0:  # whoever the processes then run as must get into the folder
            rest += f" user {pwd.getpwuid(0).pw_name};"
        command = [program("nginx"), "-e", str(self._log), "-c", str(file), "-g", rest]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        def listens() -> bool:
            assert self._process.poll() is None, self._log.read_text()
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return True
            return False

        wait_until(listens, 10, "nginx")

    @property
    def pid(self) -> int:
        """Of the process started, the parent of those that serve."""
        return self._process.pid

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
