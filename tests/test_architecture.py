"""Who may import whom. The picture is in docs/architecture.md; this keeps it true."""

import ast
import subprocess
import sys

import pytest

from processes import ROOT

PACKAGES = ("core", "playground", "lenet", "web")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).glob("*.py"))
FLASK_ALONE = {"events", "routes"}
# What the web process imports, and so must do without torch: it starts in a second and never computes.
HEAVY = ("torch", "torchvision", "numba")
LOWER_FIRST = [
    "config", "snapshot", "inbox", "mark", "compiled", "libm", "prng", "datasets", "address", "link", "network",
    "trainer", "kernel", "engine", "frame", "history", "worker", "worker_process", "workers", "rates", "sessions",
    "events", "operations", "routes",
]  # fmt: skip


def imports(path):
    """Every module that a file imports, at any depth of it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_packages_do_not_import_each_other_and_flask_stays_at_the_edge(path):
    found = {name.split(".")[0] for name in imports(path)}
    others = {package for package in PACKAGES if package not in (path.parent.name, "core")} | {"app"}
    assert not found & others
    if path.parent.name == "core":
        assert not found & set(HEAVY), "it is in every process"
    if path.stem not in FLASK_ALONE:
        assert not found & {"flask", "flask_socketio", "socketio"}


WEB_LOWER_FIRST = [
    "logs", "metrics", "mime", "address", "refusals", "headers", "hosts", "packets", "websocket", "engine",
    "limits", "gate", "edge", "server",
]  # fmt: skip


@pytest.mark.parametrize("module", WEB_LOWER_FIRST)
def test_the_edge_knows_nothing_of_what_it_protects_and_imports_downward(module):
    """It is plain WSGI: Flask, where it is mentioned, is somebody else's application."""
    found = set(imports(ROOT / "web" / f"{module}.py"))
    others = {"flask", "flask_socketio", "socketio", *({"engineio"} if module != "engine" else ())}
    assert not {name.split(".")[0] for name in found} & others
    ours = {name.split(".")[1] for name in found if name.startswith("web.")}
    assert not ours & set(WEB_LOWER_FIRST[WEB_LOWER_FIRST.index(module) :])


@pytest.mark.parametrize("module", LOWER_FIRST)
def test_imports_go_downward_only(module):
    ours = {
        name.split(".")[1] for name in imports(ROOT / "playground" / f"{module}.py") if name.startswith("playground.")
    }
    above = set(LOWER_FIRST[LOWER_FIRST.index(module) :])
    assert not (ours & above), f"{module} imports {ours & above}"


def test_every_module_has_its_place():
    assert {path.stem for path in (ROOT / "playground").glob("*.py")} == {*LOWER_FIRST, "__init__", "__main__"}
    assert {path.stem for path in (ROOT / "web").glob("*.py")} == {*WEB_LOWER_FIRST, "__init__"}


def test_the_web_process_imports_neither_torch_nor_numba():
    script = f"import sys, app; print([name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "[]\n"
