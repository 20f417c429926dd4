"""The cache of compiled functions: whatever happened to it, the functions are those of the sources, and it heals."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playground import compiled
from support.long import parametrize
from support.processes import ROOT, wait_until

# A package small enough to compile in a moment: what `playground` does, with one function of another module inlined.
KERNEL = """
from numba import njit
from playground import compiled
from playground.original import libm

@njit(cache=compiled.CACHE)
def twice(x):
    return libm.half(x) * 4
"""
LIBM = """
from numba import njit

@njit(inline="always")
def half(x):
    return x / 2
"""
ASK = """
from playground import compiled, kernel
print(kernel.twice(21.0))
compiled.keep()
print(sum(kernel.twice.stats.cache_hits.values()), compiled.complaint() or "")
"""


def small_package(root):
    """A copy of the cache module in a package of its own, `asking` calls its compiled function in a new process."""
    folder = root / "code" / "playground"
    folder.mkdir(parents=True)
    shutil.copy(compiled.__file__, folder)
    (folder / "kernel.py").write_text(KERNEL)
    (folder / "original").mkdir()
    (folder / "original" / "libm.py").write_text(LIBM)
    (root / "tmp").mkdir()
    return folder


@pytest.fixture
def package(tmp_path):
    return small_package(tmp_path)


@pytest.fixture
def ask(package, tmp_path):
    return asking(package, tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A package for the tests that leave its cache as it should be: which is what they test."""
    root = tmp_path_factory.mktemp("kept")
    package = small_package(root)
    ask = asking(package, root)
    assert ask() == (42, 0, "")
    return package, ask


def asking(package, tmp_path):
    def ask(**environment):
        """The result, whether it came from the cache, and the complaint."""
        given = {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA_", "XDG_"))}
        process = subprocess.run(
            [sys.executable, "-c", ASK], cwd=package.parent, env=kept | given | environment,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert process.returncode == 0, process.stderr
        result, rest = process.stdout.splitlines()
        hits, _, complaint = rest.partition(" ")
        assert not list((tmp_path / "tmp").glob(f"{compiled._PREFIX}*")), "a copy was left behind"
        return float(result), int(hits), complaint

    return ask


def cache_file(package):
    (path,) = (package / "__pycache__").glob("kernel-*.cache")
    return path


def test_the_second_process_compiles_nothing(kept):
    _, ask = kept  # for which the first has compiled
    assert ask() == (42, 1, "")


def test_a_changed_function_of_another_module_is_compiled_anew(ask, package):
    ask()
    (package / "original" / "libm.py").write_text(LIBM.replace("x / 2", "x / 1"))
    assert ask() == (84, 0, "")
    (package / "original" / "libm.py").write_text(LIBM)
    assert ask() == (42, 1, "")  # the one before is still there


def cut(path):
    path.write_bytes(path.read_bytes()[:1000])


def empty(path):
    path.write_bytes(b"")


def garbage(path):
    path.write_bytes(os.urandom(5000))


def one_bit(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def longer(path):
    path.write_bytes(path.read_bytes() + b"\0")


def a_folder(path):
    path.unlink()
    (path / "inside").mkdir(parents=True)
    (path / "inside" / "file").touch()


def a_dead_link(path):
    path.unlink()
    path.symlink_to("nowhere")


@parametrize("damage", [cut, empty, garbage, one_bit, longer, a_folder, a_dead_link], short=[3, 5])
def test_what_is_not_as_it_was_written_is_not_believed_and_heals(kept, damage):
    package, ask = kept
    damage(cache_file(package))
    assert ask() == (42, 0, "")
    assert ask() == (42, 1, "")


def test_every_file_that_numba_might_read_is_behind_the_seal(kept):
    package, _ = kept
    assert [path.name for path in (package / "__pycache__").iterdir()] == [cache_file(package).name]


def blocked(path: Path) -> Path:
    """A place in which nothing can be written, by root neither."""
    path.write_text("a file")
    return path / "folder"


def test_where_it_cannot_be_kept_beside_the_sources_it_is_kept_at_home(ask, package, tmp_path):
    given = str(blocked(tmp_path / "file"))
    assert ask(NUMBA_CACHE_DIR=given) == (42, 0, "")
    assert ask(NUMBA_CACHE_DIR=given) == (42, 1, "")
    assert len(list((tmp_path / "home" / ".cache" / "playlab").iterdir())) == 1


def test_where_it_can_be_kept_nowhere_it_works_and_says_so(ask, tmp_path):
    given = str(blocked(tmp_path / "file"))
    for _ in range(2):
        result, hits, complaint = ask(NUMBA_CACHE_DIR=given, HOME=given)
        assert (result, hits) == (42, 0)
        assert complaint.startswith("nowhere to keep the compiled kernel")
        assert given in complaint


def test_without_any_folder_for_temporary_files_it_works_and_says_so(package, tmp_path):
    script = "import tempfile, sys\n" + (
        "def refuse(*_, **__): raise FileNotFoundError(2, 'No usable temporary directory found')\n"
        "tempfile.mkdtemp = refuse\n" + ASK
    )
    process = subprocess.run(
        [sys.executable, "-c", script], cwd=package.parent, capture_output=True, text=True, timeout=60
    )
    assert process.stdout.splitlines()[0] == "42.0", process.stderr
    assert "no room for temporary files" in process.stdout


def test_many_at_once_do_no_harm(ask, package):
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: ask_one(ask), range(2)))
    assert {result for result, _, _ in answers} == {42}
    assert ask() == (42, 1, "")


def ask_one(ask):
    try:
        return ask()
    except AssertionError as error:
        if "left behind" in str(error):  # by another that is still at work
            return 42.0, 0, ""
        raise


def test_old_files_are_cleared_away(ask, package):
    source = Path(compiled.__file__).read_text()
    assert source.count("_KEPT = 4 ") == 1
    (package / "compiled.py").write_text(source.replace("_KEPT = 4 ", "_KEPT = 1 "))
    for number in range(2):
        (package / "original" / "libm.py").write_text(LIBM + f"# {number}\n")
        ask()
    assert len(list((package / "__pycache__").glob("kernel-*.cache"))) == 1


@parametrize("begins", ["as it is", "empty"], short=1)
def test_the_whole_package_is_ready_without_compiling_once_warm(tmp_path, begins):
    """What `warm` compiles is all that a worker calls, whatever the settings."""
    script = (
        "from playground import engine, kernel\n"
        "from playground.config import Config\n"
        "from playground.data import datasets\n"
        "from playground.original import libm, prng\n"
        "from playground.serving import wire\n"
        "wire.warm_up()\n"
        "for name in datasets.DATASETS:\n"
        "    problem = 'regression' if name.startswith('reg') else 'classification'\n"
        "    one = engine.Engine(Config(problem=problem, noise=20, regularization='L1').updated(\n"
        "        {'dataset' if problem == 'classification' else 'regDataset': name}))\n"
        "    one.train()\n"
        "    wire.pack(one, one.scores(), 1, 0, (0, 0))\n"
        "functions = [one for module in (wire, kernel, libm, prng) for one in vars(module).values()"
        " if hasattr(one, 'stats')]\n"
        "print(sum(sum(one.stats.cache_misses.values()) for one in functions))\n"
    )
    given = {"NUMBA_CACHE_DIR": str(tmp_path)} if begins == "empty" else {}
    misses = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=os.environ | given,
            capture_output=True, text=True, timeout=110, check=True,
        ).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert begins != "empty" or int(misses[0]) > 5
    assert int(misses[1]) == 0


def test_the_name_of_the_cache_goes_by_what_is_compiled_and_nothing_else():
    """A change of the web process' modules makes nobody compile."""
    names = set(compiled._sources())
    at_the_top = {"kernel/original.py", "kernel/general.py", "engine.py", "network.py", "config.py", "compiled.py"}
    original = {f"original/{name}.py" for name in ("libm", "prng", "generators")}
    data = {f"data/{name}.py" for name in ("datasets", "classification", "regression")}
    assert names >= at_the_top | original | data | {"serving/wire.py"}
    assert not {Path(name).stem for name in names} & {"sessions", "workers", "sockets", "worker_process", "__main__"}


def test_what_a_killed_process_left_is_cleared_away(ask, tmp_path):
    ask()
    old, new = (tmp_path / "tmp" / f"{compiled._PREFIX}{name}" for name in ("old", "new"))
    for one in (old, new):
        (one / "inside").mkdir(parents=True)
    long_ago = new.stat().st_mtime - compiled._ABANDONED - 60
    os.utime(old, (long_ago, long_ago))
    with pytest.raises(AssertionError, match="left behind"):  # `new`, which may be at work
        ask()
    assert not old.exists()
    assert new.exists()


@pytest.mark.long("test_what_a_killed_process_left_is_cleared_away")
def test_a_worker_that_ends_early_leaves_nothing(tmp_path):
    worker = subprocess.Popen(
        [sys.executable, "-m", "playground.serving.worker_process"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "none")},
    )  # fmt: skip
    wait_until(lambda: list(tmp_path.glob(f"{compiled._PREFIX}*")), 60, "it compiles")
    worker.communicate(timeout=60)
    assert not list(tmp_path.glob(f"{compiled._PREFIX}*"))
