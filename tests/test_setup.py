"""Set-up: a step is done when due and only then, it brings what the page needs, and the tests' own rules hold."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from scripts import install
from support import browser
from support.long import parametrize
from support.processes import ServerProcess, free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    ROOT / "app.py",
    *(
        path
        for package in ("core", "db", "lenet", "notebook", "playground", "web")
        for path in (ROOT / package).rglob("*.py")
    ),
]


# --- a step -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def step(tmp_path: Path) -> install.Step:
    """A step that reads `input`, writes `output` and adds a line to `calls`."""
    (tmp_path / "input").write_text("1")
    script = "import pathlib; pathlib.Path('output').touch(); open('calls', 'a').write('called\\n')"
    return install.Step("copying", ("-c", script), reads=("input",), writes=("output",))


def calls_after(step: install.Step, root: Path) -> int:
    step.run(root, Path(sys.executable), root / "stamps")
    return len((root / "calls").read_text().splitlines())


def test_a_step_is_done_once(step: install.Step, tmp_path: Path):
    assert calls_after(step, tmp_path) == 1
    assert calls_after(step, tmp_path) == 1


def test_a_step_is_done_again_when_a_file_it_reads_changes(step: install.Step, tmp_path: Path):
    calls_after(step, tmp_path)
    (tmp_path / "input").write_text("2")
    assert calls_after(step, tmp_path) == 2


def test_a_step_is_not_done_again_when_a_file_is_only_touched(step: install.Step, tmp_path: Path):
    calls_after(step, tmp_path)
    os.utime(tmp_path / "input", (0, 0))
    assert calls_after(step, tmp_path) == 1


def test_a_step_is_done_again_when_what_it_wrote_is_gone(step: install.Step, tmp_path: Path):
    calls_after(step, tmp_path)
    (tmp_path / "output").unlink()
    assert calls_after(step, tmp_path) == 2


def test_a_step_that_fails_stays_due(tmp_path: Path):
    (tmp_path / "input").touch()
    failing = install.Step("failing", ("-c", "raise SystemExit(3)"), reads=("input",))
    for _ in range(2):
        with pytest.raises(install.SetupError, match="failing"):
            failing.run(tmp_path, Path(sys.executable), tmp_path / "stamps")


def test_a_step_is_done_again_with_other_options_but_not_without_any(step: install.Step, tmp_path: Path):
    assert calls_after(step, tmp_path) == 1
    assert calls_after(replace(step, options=("--cuda",)), tmp_path) == 2
    assert calls_after(replace(step, options=("--cuda",)), tmp_path) == 2
    assert calls_after(step, tmp_path) == 2
    assert calls_after(replace(step, options=("--torch-index", "URL")), tmp_path) == 3


def test_a_steps_options_reach_its_command_and_are_not_to_be_read_in_its_stamp(tmp_path: Path):
    (tmp_path / "input").touch()
    script = "import pathlib, sys; pathlib.Path('output').write_text(sys.argv[1])"
    step = install.Step("step", ("-c", script), ("input",), ("output",), options=("http://name:secret@localhost",))
    assert step.run(tmp_path, Path(sys.executable), tmp_path / "stamps")
    assert (tmp_path / "output").read_text() == "http://name:secret@localhost"
    assert "secret" not in (tmp_path / "stamps" / "step").read_text()


def test_the_stamp_of_a_set_up_before_options_is_still_good(step: install.Step, tmp_path: Path):
    calls_after(step, tmp_path)
    (tmp_path / "stamps" / "copying").write_text(step.fingerprint(tmp_path))
    assert calls_after(step, tmp_path) == 1


# --- all steps --------------------------------------------------------------------------------------------------------


def steps(*names: str) -> list[install.Step]:
    return [install.Step(name, ("-c", ""), reads=(f"{name}.in",), writes=(f"{name}.in",)) for name in names]


def set_up(root: Path, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """What is said while three steps are set up in this folder."""
    for name in ("a", "b", "c"):
        (root / f"{name}.in").touch()
    install.set_up(root, steps("a", "b", "c"))
    return capfd.readouterr().out.splitlines()


@pytest.fixture
def empty_pip(monkeypatch: pytest.MonkeyPatch):
    """The pip of an environment that is made is an empty module: the real one takes ten seconds."""
    run = subprocess.run

    def without(command: list, **options: object) -> subprocess.CompletedProcess:
        if "venv" not in command:
            return run(command, **options)
        done = run([*command, "--without-pip"], **options)
        (next(command[-1].glob("lib/python*/site-packages")) / "pip.py").touch()
        return done

    monkeypatch.setattr(subprocess, "run", without)


@pytest.mark.usefixtures("empty_pip")
@pytest.mark.skipif(os.name == "nt", reason="where an environment has its packages on Windows")
def test_each_step_says_which_of_those_to_be_done_it_is_and_one_that_is_done_says_nothing(tmp_path: Path, capfd):
    all_of_them = ["[set-up] 1 of 4: .venv", "[set-up] 2 of 4: a", "[set-up] 3 of 4: b", "[set-up] 4 of 4: c"]
    assert set_up(tmp_path, capfd) == all_of_them
    assert set_up(tmp_path, capfd) == []
    (tmp_path / ".venv" / "stamps" / "b").unlink()
    assert set_up(tmp_path, capfd) == ["[set-up] 1 of 1: b"]
    for name in ("a", "c"):
        (tmp_path / ".venv" / "stamps" / name).unlink()
    assert set_up(tmp_path, capfd) == ["[set-up] 1 of 2: a", "[set-up] 2 of 2: c"]
    install.python_of(tmp_path / ".venv").unlink()
    assert set_up(tmp_path, capfd) == all_of_them


@pytest.fixture
def options_of_packages(monkeypatch: pytest.MonkeyPatch):
    """Calls set-up with arguments and returns with which options it would install the packages."""
    asked: list[install.Step] = []
    monkeypatch.setattr(install, "set_up", lambda _, steps: asked.extend(steps))
    monkeypatch.delenv("PLAYLAB_TORCH_INDEX", raising=False)

    def call(*arguments: str) -> tuple[str, ...]:
        asked.clear()
        assert install.main([*arguments]) == 0
        return next(step.options for step in asked if step.name == "packages")

    return call


def test_where_pytorch_comes_from_is_an_option_or_a_variable(options_of_packages, monkeypatch: pytest.MonkeyPatch):
    assert options_of_packages() == ()
    assert options_of_packages("--torch-index", "http://here") == ("--torch-index", "http://here")
    assert options_of_packages("--cuda", "--dev") == ("--cuda",)
    monkeypatch.setenv("PLAYLAB_TORCH_INDEX", "http://there")
    assert options_of_packages() == ("--torch-index", "http://there")
    assert options_of_packages("--torch-index", "http://here") == ("--torch-index", "http://here")
    assert options_of_packages("--cuda") == ("--cuda",)
    monkeypatch.setenv("PLAYLAB_TORCH_INDEX", "")
    assert options_of_packages() == ()


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
@pytest.mark.parametrize("target", ["setup", "run", "test", "gpu-worker", "lint"])
def test_every_command_of_make_hands_the_choice_on(target: str):
    def commands(*variables: str) -> str:
        return subprocess.run(["make", "-n", target, *variables], cwd=ROOT, capture_output=True, text=True).stdout

    assert "--torch-index 'http://there/a b'" in commands("TORCH_INDEX=http://there/a b")
    assert "--cuda" in commands("CUDA=1")
    assert not re.search("--torch-index|--cuda", commands())


def test_a_driver_that_pytorch_can_make_no_use_of_is_told(options_of_packages, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(install.packages, "are_installed", lambda *_: True)
    for driver in (False, True):
        monkeypatch.setattr(install.packages, "has_nvidia_driver", lambda driver=driver: driver)
        options_of_packages()
        assert ("make setup CUDA=1" in capsys.readouterr().out) is driver


@pytest.mark.parametrize(
    "step", [install.PACKAGES, install.BROWSER_FILES, install.KERNEL, install.TEST_PACKAGES, install.TOOLS]
)
def test_every_file_a_step_reads_exists(step: install.Step):
    for pattern in step.reads:
        assert list(ROOT.glob(pattern)), f"{step.name} reads {pattern}"


# --- Python -----------------------------------------------------------------------------------------------------------


def test_an_old_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(install, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(install.SetupError, match=r"Python 99\.0 or newer (?s:.*)make run PYTHON=python99\.0"):
        install.check_python()


def test_a_python_that_cannot_make_environments_names_debians_package(monkeypatch: pytest.MonkeyPatch):
    find_spec = install.importlib.util.find_spec
    monkeypatch.setattr(
        install.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find_spec(name)
    )
    with pytest.raises(install.SetupError, match="apt install python3-venv"):
        install.check_python()


# --- packages ---------------------------------------------------------------------------------------------------------


def requirement_lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_a_bound_and_says_what_it_is_for(name: str):
    for line in requirement_lines(name):
        requirement, _, purpose = line.partition(" # ")
        assert re.search(r"(>=|~=)\d", requirement), line
        assert len(purpose.strip()) > 10, line


def test_the_lock_has_a_release_of_every_requirement_that_it_allows_and_names_no_host():
    lock = (ROOT / install.LOCK).read_text()
    assert "://" not in lock
    pins: dict[str, list[Version]] = {}
    for name, version in re.findall(r"^([\w.-]+)(?:\[.*\])?==([^\s;]+)", lock, re.MULTILINE):
        pins.setdefault(name, []).append(Version(version))
    for line in [*requirement_lines("requirements.txt"), *requirement_lines("requirements-dev.txt")]:
        requirement = Requirement(line.partition(" # ")[0])
        versions = pins[canonicalize_name(requirement.name)]
        assert all(version in requirement.specifier for version in versions), f"{line}: make lock"


def test_every_package_imported_is_required():
    required = {
        re.split(r"[\[<>=~;]", line)[0].lower().replace("_", "-") for line in requirement_lines("requirements.txt")
    }
    distributions = importlib.metadata.packages_distributions()
    own = {"app", "core", "db", "lenet", "notebook", "playground", "web"} | sys.stdlib_module_names
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for module in {name.split(".")[0] for name in names} - own:
                known = {distribution.lower().replace("_", "-") for distribution in distributions.get(module, [])}
                assert known & required, f"{path.name} imports {module}, which requirements.txt does not name"


def test_every_npm_package_is_held_to_a_hash_and_to_no_host():
    locks = [ROOT / "package-lock.json", ROOT / "tools" / "package-lock.json"]
    packages = [package for lock in locks for package in json.loads(lock.read_text())["packages"].items()]
    for name, package in packages:
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-"), name


# --- browser files ----------------------------------------------------------------------------------------------------


def test_plotly_is_the_small_bundle_of_the_installed_wheels_major_release():
    def version(script: str) -> str:
        return re.search(r"plotly\.js (?:\(basic - minified\) )?v(\S+)", script[:200])[1]

    wheel = importlib.metadata.distribution("plotly").locate_file("plotly/package_data/plotly.min.js")
    bundle = (ROOT / "static/vendor/plotly.min.js").read_text(encoding="utf-8")
    assert version(bundle).split(".")[0] == version(Path(str(wheel)).read_text(encoding="utf-8")).split(".")[0]
    assert "basic - minified" in bundle[:200]


def test_socket_io_bounds_the_attachments_of_a_packet():
    """The parser is compiled into the bundle: its version is not to be seen, but what 4.2.7 refuses is."""
    bundle = (ROOT / "static/vendor/socket.io.min.js").read_text()
    version = re.search(r"Socket\.IO v(\d+)\.(\d+)\.(\d+)", bundle)
    assert version is not None
    assert tuple(map(int, version.groups())) >= (4, 8, 4)
    assert "too many attachments" in bundle


# --- the tests' own rules ---------------------------------------------------------------------------------------------


@pytest.fixture
def machine_without_browser(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that has neither Chromium nor Playwright's."""
    (tmp_path / "bin").mkdir()
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return {**kept, "PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "none")}


@pytest.fixture
def run_browser_test(tmp_path: Path, machine_without_browser: dict[str, str]):
    """Run a test that asks for a page, under these tests' own conftest.py and configuration."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_probe.py").write_text("def test_probe(page):\n    pass\n")

    def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = ["-c", ROOT / "pyproject.toml", f"--rootdir={tmp_path}", *options, "test_probe.py"]
        return subprocess.run(
            [sys.executable, "-m", "pytest", *own],
            cwd=tmp_path,
            env={**machine_without_browser, "PYTHONPATH": str(ROOT / "tests"), **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.mark.skipif(bool(list(filter(Path.exists, map(Path, browser.PLACES)))), reason="a browser outside of PATH")
class TestWithoutABrowser:
    @parametrize("processes", ["0", "1"], short=[1])
    def test_leaving_browser_tests_out_is_said_loudly(self, run_browser_test, processes: str):
        result = run_browser_test("-n", processes)
        assert result.returncode == 0, result.stdout
        assert "BROWSER TESTS LEFT OUT" in result.stdout
        assert "1 tests did not run" in result.stdout

    def test_leaving_browser_tests_out_fails_in_ci(self, run_browser_test):
        result = run_browser_test(CI="true")
        assert result.returncode == 1, result.stdout
        assert browser.MISSING in result.stdout


def executable(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(os.name == "nt", reason="the PATH of Windows holds no browsers")
def test_a_browser_that_does_not_start_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    executable(tmp_path / "chromium", "exit 127")
    good = executable(tmp_path / "google-chrome", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.of_machine() == good


def test_the_modules_that_begin_first_are_there():
    names = re.findall(r'"([\w/]+/test_\w+)"', (ROOT / "tests" / "conftest.py").read_text())
    assert names
    assert [name for name in names if not (ROOT / "tests" / f"{name}.py").exists()] == []


# --- the two commands -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
@parametrize("by", [signal.SIGINT, signal.SIGTERM], short=1)
def test_make_run_prints_the_address_serves_and_ends_when_asked(by: int, tmp_path: Path):
    port = free_port()
    settings = {"PLAYLAB_PORT": str(port), "PLAYLAB_DATA": str(tmp_path / "data")}
    command = ["make", "run", f"PYTHON={sys.executable}"]
    server = ServerProcess(command, f"http://localhost:{port}", tmp_path / "log", settings)
    server.wait_ready()
    try:
        wait_until(lambda: f"http://127.0.0.1:{port}" in server.log.read_text(), 5, "the address in the log")
    finally:
        server.stop(by, to_group=by == signal.SIGINT)
