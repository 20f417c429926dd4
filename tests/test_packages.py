"""Set-up's packages: PyTorch without CUDA where nothing could use it and both halves are to be had; real pip, an index
and environments of these tests' own, and packages of a few bytes.
"""

from __future__ import annotations

import contextlib
import http.server
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import venv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import packages
from support.long import parametrize
from support.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
PLAIN, WITHOUT = {"torch": "2.2", "torchvision": "0.2"}, {"torch": "2.2+cpu", "torchvision": "0.2+cpu"}
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only for Linux PyTorch brings CUDA")


# --- an index of packages ---------------------------------------------------------------------------------------------


class Index:
    """What pip is told to look in. `gate`: the rest of a wheel of more than 2 MB is sent when it is set."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.gate = folder, threading.Event()
        folder.mkdir()

        class Handler(http.server.SimpleHTTPRequestHandler):
            def copyfile(handler, source, outputfile) -> None:  # noqa: N805 - the index is self
                outputfile.write(source.read(2_000_000))
                rest = source.read()
                if rest:
                    outputfile.flush()
                    self.gate.wait(30)
                    outputfile.write(rest)

            def log_message(handler, *_) -> None:  # noqa: N805
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *args: Handler(*args, directory=str(folder))
        )
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, package: str, version: str, needs: tuple[str, ...] = (), padding: int = 0) -> None:
        folder = self.folder / package.replace("_", "-")
        folder.mkdir(exist_ok=True)
        info = f"{package}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
        metadata += "".join(f"Requires-Dist: {need}\n" for need in needs)
        with zipfile.ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{package}.py", "")
            wheel.writestr(f"{package}.bin", b"\0" * padding)
            wheel.writestr(f"{info}/METADATA", metadata)
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            names = [f"{package}.py", f"{package}.bin", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD"]
            wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in names))

    def add_torch(self, versions: dict[str, str]) -> None:
        for package, version in versions.items():
            self.add(package, version, () if version.endswith("+cpu") else ("nvidia_cublas",))


@contextlib.contextmanager
def an_index(folder: Path) -> Iterator[Index]:
    index = Index(folder)
    try:
        yield index
    finally:
        index.gate.set()
        index.server.shutdown()
        index.server.server_close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """The one that pip is told of: it has all that is locked, with CUDA."""
    with an_index(tmp_path / "index") as index:
        index.add_torch(PLAIN)
        index.add("nvidia_cublas", "1.0")
        index.add("flask", "3.0")
        yield index


@pytest.fixture
def other_index(tmp_path: Path) -> Iterator[Index]:
    with an_index(tmp_path / "other index") as index:
        yield index


# --- a machine --------------------------------------------------------------------------------------------------------


class Machine:
    """A copy of the script, requirements of its own and an environment, with an NVIDIA driver or without."""

    def __init__(self, root: Path, index: Index) -> None:
        self.root, self.environment, self.driver = root, root / ".venv", False
        (root / "scripts").mkdir(parents=True)
        shutil.copy(ROOT / "scripts" / "packages.py", root / "scripts")
        (root / "requirements.txt").write_text("torch>=2\ntorchvision>=0.1\nflask>=2\n")
        (root / "requirements-dev.txt").write_text("-r requirements.txt\npytest_of_index>=1\n")
        (root / "requirements.lock").write_text("torch==2.2\ntorchvision==0.2\nflask==3.0\nnvidia-cublas==1.0\n")
        venv.create(self.environment, with_pip=False, symlinks=True)
        self.packages = next(self.environment.glob("lib/python*/site-packages"))
        # The pip of these tests, in place of half a minute of ensurepip for each of them.
        (self.packages / "pip").symlink_to(Path(importlib.util.find_spec("pip").origin).parent)
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("PIP_")}
        alone = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "PIP_INDEX_URL": index.url}
        self.variables = {**kept, **alone}

    def start(self, *options: str, news_every: float = 15, output: int = subprocess.PIPE) -> subprocess.Popen[str]:
        script = (
            f"import sys; sys.path.insert(0, {str(self.root / 'scripts')!r}); import packages as p; "
            f"p.has_nvidia_driver = lambda: {self.driver}; p.NEWS_EVERY = {news_every}; sys.exit(p.main())"
        )
        return subprocess.Popen(
            [self.environment / "bin" / "python", "-c", script, *options],
            env=self.variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def install(self, *options: str, status: int = 0) -> str:
        """What was said of it, by set-up itself."""
        process = self.start(*options)
        output = process.communicate(timeout=100)[0]
        assert process.returncode == status, output
        return "".join(line for line in output.splitlines(keepends=True) if line.startswith("[set-up]"))

    def installed(self) -> dict[str, str]:
        names = [path.name.removesuffix(".dist-info") for path in self.packages.glob("*.dist-info")]
        return dict(name.split("-") for name in names)


@pytest.fixture
def machine(tmp_path: Path, index: Index) -> Machine:
    return Machine(tmp_path / "machine", index)


WITH_CUDA = {**PLAIN, "flask": "3.0", "nvidia_cublas": "1.0"}
WITHOUT_CUDA = {**WITHOUT, "flask": "3.0"}


# --- which PyTorch ----------------------------------------------------------------------------------------------------


@on_linux
def test_without_a_driver_the_pair_without_cuda_is_taken_and_nothing_of_nvidias(machine: Machine, index: Index):
    index.add_torch(WITHOUT)
    said = machine.install()
    assert machine.installed() == WITHOUT_CUDA
    assert "PyTorch without CUDA (this machine has no NVIDIA driver): all packages are some 0.3 GB" in said


@on_linux
@parametrize("there", ["torch", "torchvision", None], short=1)
def test_where_one_of_the_pair_is_missing_both_are_those_with_cuda_and_it_is_said(
    machine: Machine, index: Index, there: str | None
):
    """The one that is there is the newer release to pip."""
    index.add_torch({there: WITHOUT[there]} if there else {})
    said = machine.install()
    assert machine.installed() == WITH_CUDA
    assert "torchvision 0.2+cpu and torch 2.2+cpu are not both to be had where pip looks" in said
    assert "no NVIDIA driver: PyTorch with CUDA, all packages are some 3 GB" in said
    assert "make setup TORCH_INDEX=URL" in said


@pytest.mark.long("test_where_one_of_the_pair_is_missing_both_are_those_with_cuda_and_it_is_said")
@on_linux
def test_a_pair_without_cuda_of_another_release_is_not_taken(machine: Machine, index: Index):
    index.add_torch({"torch": "2.1+cpu", "torchvision": "0.1+cpu"})
    machine.install()
    assert machine.installed() == WITH_CUDA


@on_linux
def test_with_a_driver_the_pair_with_cuda_is_taken(machine: Machine, index: Index):
    index.add_torch(WITHOUT)
    machine.driver = True
    said = machine.install()
    assert machine.installed() == WITH_CUDA
    assert "PyTorch with CUDA (this machine has an NVIDIA driver): all packages are some 3 GB" in said


@on_linux
@parametrize("driver", [False, True], short=1)
def test_an_index_that_is_named_has_the_pair_and_nothing_else_need_be_in_it(
    machine: Machine, other_index: Index, driver: bool
):
    other_index.add_torch(WITHOUT)
    machine.driver = driver
    said = machine.install("--torch-index", other_index.url)
    assert machine.installed() == WITHOUT_CUDA
    assert "PyTorch without CUDA (the index that was named)" in said


@on_linux
@parametrize("reachable", [True, False], short=1)
def test_where_the_index_that_was_named_has_not_both_it_goes_on_with_cuda_and_says_so(
    machine: Machine, other_index: Index, reachable: bool
):
    other_index.add_torch({"torch": WITHOUT["torch"]})
    said = machine.install("--torch-index", other_index.url if reachable else f"http://127.0.0.1:{free_port()}/")
    assert machine.installed() == WITH_CUDA
    assert "are not both to be had in the index that was named: PyTorch with CUDA" in said


@on_linux
def test_cuda_can_be_asked_for_where_there_is_no_driver_and_replaces_what_is_there(machine: Machine, index: Index):
    index.add_torch(WITHOUT)
    machine.install()
    said = machine.install("--cuda")
    assert machine.installed() == WITH_CUDA
    assert "PyTorch with CUDA (as asked for)" in said


@on_linux
def test_what_is_installed_stays_unless_an_option_asks_for_the_other(machine: Machine, index: Index):
    machine.install()
    index.add_torch(WITHOUT)
    assert machine.install() == ""
    assert machine.installed() == WITH_CUDA
    machine.install("--torch-index", index.url)
    assert {**machine.installed(), **WITHOUT} == machine.installed()
    machine.driver = True
    assert machine.install() == ""
    assert {**machine.installed(), **WITHOUT} == machine.installed()


@on_linux
def test_half_a_pair_is_made_whole(machine: Machine, index: Index):
    index.add_torch(WITHOUT)
    machine.install()
    shutil.rmtree(machine.packages / "torchvision-0.2+cpu.dist-info")
    machine.install()
    assert machine.installed() == WITHOUT_CUDA


@on_linux
def test_the_tests_packages_leave_pytorch_as_it_is(machine: Machine, index: Index):
    index.add_torch(WITHOUT)
    index.add("pytest_of_index", "1.0")
    machine.install()
    machine.install("--dev")
    assert machine.installed() == {**WITHOUT_CUDA, "pytest_of_index": "1.0"}


def test_on_other_systems_there_is_nothing_to_choose(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(packages, "on_offer", lambda *_: pytest.fail("an index was asked"))
    assert packages.choose_torch(None, False) == []
    assert packages.choose_torch("http://127.0.0.1", False) == []
    assert capsys.readouterr().out.count("PyTorch for this system has no CUDA in it") == 2


def test_the_lock_has_one_release_of_each_of_the_pair():
    lines = re.findall(r"^torch(?:vision)?==.*", packages.LOCK.read_text(), re.MULTILINE)
    assert [line.partition("==")[0] for line in lines] == ["torch", "torchvision"]
    assert lines == [f"{package}=={version}" for package, version in packages.locked().items()]


@pytest.mark.skipif(os.name == "nt", reason="a shell script for a program")
def test_a_driver_is_known_by_its_program_and_by_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(packages, "DRIVER", (str(tmp_path / "version"),))
    assert not packages.has_nvidia_driver()
    (tmp_path / "version").touch()
    assert packages.has_nvidia_driver()
    (tmp_path / "version").unlink()
    (tmp_path / "nvidia-smi").touch(0o755)
    assert packages.has_nvidia_driver()


# --- pip --------------------------------------------------------------------------------------------------------------


@on_linux
def test_what_the_lock_does_not_allow_here_is_installed_without_it_and_pytorch_still_as_a_pair(
    machine: Machine, index: Index
):
    index.add_torch({"torch": WITHOUT["torch"]})
    (machine.root / "requirements.lock").write_text("torch==2.2\ntorchvision==0.2\nflask==3.9\n")
    assert "that did not work; now without requirements.lock" in machine.install()
    assert machine.installed() == WITH_CUDA


@on_linux
def test_what_pip_cannot_install_fails(machine: Machine, index: Index):
    (machine.root / "requirements.txt").write_text("torch>=2\nnowhere_to_be_had>=2\n")
    machine.install(status=1)


@on_linux
def test_a_pair_that_is_on_offer_and_does_not_come_fails_instead_of_bringing_cuda(machine: Machine, index: Index):
    index.add_torch(WITHOUT)
    (index.folder / "torch" / "torch-2.2+cpu-py3-none-any.whl").write_bytes(b"no wheel")
    said = machine.install(status=1)
    assert said.splitlines()[-1].startswith("[set-up] PyTorch without CUDA"), said
    assert not {"torch", "nvidia_cublas"} & machine.installed().keys()


@on_linux
def test_a_log_gets_a_line_now_and_then_of_how_much_has_come_and_no_download_stays_behind(
    machine: Machine, index: Index
):
    index.add("flask", "3.0", padding=3_000_000)
    process = machine.start(news_every=0.1)
    assert process.stdout is not None
    lines: Callable[[], str] = process.stdout.readline
    assert any("[set-up] 2 MB downloaded" in line for line in iter(lines, "")), "no line told of the first 2 MB"
    assert (machine.environment / "downloads").exists()
    index.gate.set()
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert not (machine.environment / "downloads").exists()


@on_linux
def test_a_terminal_has_pips_own_bar_while_something_comes_and_is_told_when_nothing_does(
    machine: Machine, index: Index
):
    import pty  # not there on Windows

    index.add("flask", "3.0", padding=3_000_000)
    ours, its = pty.openpty()
    process = machine.start(news_every=0.5, output=its)
    os.close(its)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        seen = b""
        while b"[set-up] 2 MB downloaded" not in seen:
            seen += terminal.read(1000)
        assert b"/3.0 MB" in seen
        index.gate.set()
        with contextlib.suppress(OSError):  # the end of a terminal
            while terminal.read(1000):
                pass
    assert process.wait(60) == 0
