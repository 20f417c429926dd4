"""The image's recipe: its form, what goes into it, and how a container is made ready. `make docker-check` builds it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from app import _default_port
from db import address as database_address
from lenet.__main__ import parser
from lenet.queue.worker import LEAVE_S
from scripts import docker_entrypoint as entrypoint
from scripts import docker_healthcheck
from support.processes import ROOT, free_port

DOCKERFILE = (ROOT / "Dockerfile").read_text()
IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
ADMITTED = [line.removeprefix("!") for line in IGNORED if line.startswith("!")]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
CLUSTER = yaml.safe_load((ROOT / "compose.cluster.yaml").read_text())
SERVICES = CLUSTER["services"]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="containers of Linux; there is no hadolint for Windows either")
READMES = ("README.md", "README.zh.md")


def instructions(name: str) -> list[str]:
    """What follows `name` in the Dockerfile's instructions of that name, continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", DOCKERFILE)
    return re.findall(rf"^\s*{name} (.+)$", joined, re.MULTILINE)


# --- the recipe -------------------------------------------------------------------------------------------------------


def test_hadolint_finds_nothing():
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    result = subprocess.run([hadolint, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (0, "")


def test_the_container_runs_as_a_user_with_a_number_that_is_not_roots():
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", instructions("USER")[-1])


def test_what_the_image_sets_for_the_server_are_options_of_it():
    options = set(re.findall(r"PLAYLAB_\w+", (ROOT / "app.py").read_text()))
    assert options  # the pattern still fits
    assert set(re.findall(r"PLAYLAB_\w+(?==)", DOCKERFILE)) <= options
    for service in (COMPOSE["services"]["playlab"], SERVICES["web"]):
        assert set(service["environment"]) <= options


def test_the_base_and_torchs_index_can_be_chosen_and_cuda_is_not_the_default():
    arguments = dict(argument.split("=", 1) for argument in instructions("ARG"))
    assert set(arguments) == {"BASE_IMAGE", "TORCH_INDEX_URL"}
    assert arguments["TORCH_INDEX_URL"].endswith("/cpu")
    assert all(base.split()[0] == "${BASE_IMAGE}" for base in instructions("FROM"))


def test_compose_has_the_images_volumes_port_and_arguments():
    service = COMPOSE["services"]["playlab"]
    assert [volume.split(":")[1] for volume in service["volumes"]] == json.loads(instructions("VOLUME")[0])
    assert {volume.split(":")[0] for volume in service["volumes"]} == set(COMPOSE["volumes"])
    assert [port.rpartition(":")[2] for port in service["ports"]] == instructions("EXPOSE")
    default = dict(argument.split("=", 1) for argument in instructions("ARG"))["TORCH_INDEX_URL"]
    assert service["build"]["args"] == {"TORCH_INDEX_URL": f"${{TORCH_INDEX_URL-{default}}}"}


# --- several servers --------------------------------------------------------------------------------------------------


def mounted(service: str) -> set[str]:
    """Where the service's volumes lie in its containers."""
    return {volume.removesuffix(":ro").split(":")[-1] for volume in SERVICES[service]["volumes"]}


def test_the_cluster_is_built_as_the_single_server_is():
    one = COMPOSE["services"]["playlab"]
    for service in (SERVICES["web"], SERVICES["worker"]):
        assert {name: service[name] for name in ("build", "image", "tmpfs")} == {
            name: one[name] for name in ("build", "image", "tmpfs")
        }


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_of_the_cluster_may_do_as_little_as_the_single_server(name: str):
    one = COMPOSE["services"]["playlab"]
    for limit in ("read_only", "cap_drop", "security_opt", "restart"):
        assert SERVICES[name][limit] == one[limit]
    assert SERVICES[name].get("user", instructions("USER")[-1]) not in ("root", "0")


def test_nginx_alone_can_be_reached_from_outside_and_redis_by_servers_and_workers_alone():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]
    assert {name for name, service in SERVICES.items() if "queue" in service.get("networks", ())} == {
        "redis", "web", "worker",
    }  # fmt: skip
    assert SERVICES["redis"]["networks"] == ["queue"]
    assert CLUSTER["networks"]["queue"]["internal"] is True


def test_redis_keeps_the_queue_on_a_volume_of_its_own():
    assert "--appendonly yes" in SERVICES["redis"]["command"]
    assert SERVICES["redis"]["volumes"] == ["redis:/data"]
    assert [name for name, service in SERVICES.items() if "redis:/data" in service.get("volumes", ())] == ["redis"]


def test_the_database_can_be_reached_by_servers_alone_and_is_on_a_volume_of_its_own():
    assert {name for name, service in SERVICES.items() if "database" in service.get("networks", ())} == {
        "database", "web",
    }  # fmt: skip
    assert SERVICES["database"]["networks"] == ["database"]
    assert CLUSTER["networks"]["database"]["internal"] is True
    volume = "database:/var/lib/postgresql/data"
    assert [name for name, service in SERVICES.items() if volume in service.get("volumes", ())] == ["database"]
    url = database_address.parse(SERVICES["web"]["environment"]["PLAYLAB_DATABASE"])
    assert (url.drivername, url.host, url.username) == (
        "postgresql+psycopg", "database", SERVICES["database"]["environment"]["POSTGRES_USER"],
    )  # fmt: skip
    assert set(SERVICES["web"]["depends_on"]) == {"redis", "database"}


def test_every_server_has_experiments_of_its_own_and_the_same_token_of_the_teacher():
    web = SERVICES["web"]
    assert mounted("web") == set(json.loads(instructions("VOLUME")[0]))
    assert "/experiments" in web["volumes"]  # without a name: a new one for each container
    assert re.match(r"\$\{PLAYLAB_TEACHER:\?", web["environment"]["PLAYLAB_TEACHER"])  # refuses to start without
    assert web["environment"]["PLAYLAB_PROXIES"] == "1"
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert {volume for volume in used if "/" not in volume} == set(CLUSTER["volumes"])


def test_workers_start_as_such_find_the_same_queue_and_are_not_asked_for_a_page():
    worker = SERVICES["worker"]
    assert entrypoint.command(shlex.split(worker["command"])) == ["python", "-m", "lenet", "worker"]
    assert worker["environment"]["PLAYLAB_REDIS"] == SERVICES["web"]["environment"]["PLAYLAB_REDIS"]
    assert re.match(r"redis://redis:\d+/", worker["environment"]["PLAYLAB_REDIS"])
    assert worker["healthcheck"] == {"disable": True}
    assert int(worker["stop_grace_period"].removesuffix("s")) > LEAVE_S


def test_nginx_has_the_example_and_finds_the_servers():
    front = SERVICES["front"]
    assert "./docs/nginx.conf:/etc/nginx/nginx.conf:ro" in front["volumes"]
    example = (ROOT / "docs" / "nginx.conf").read_text()
    assert re.findall(r"^ *server (\S+);", example, re.MULTILINE) == [f"web:{instructions('EXPOSE')[0]}"]
    # The name has the addresses of all replicas: `consistent` would send a browser to each in turn.
    assert re.findall(r"^ *(hash .*);", example, re.MULTILINE) == ["hash $browser"]
    assert re.findall(r"^ *listen (\d+);", example, re.MULTILINE) == [front["ports"][0].rpartition(":")[2]]
    assert front["depends_on"]["web"]["condition"] == "service_healthy"  # the name must be there when nginx starts


@pytest.mark.parametrize("name", READMES)
def test_the_readme_has_a_run_line_without_and_one_with_gpus(name: str):
    lines = [shlex.split(line) for line in re.findall(r"^docker run .*$", (ROOT / name).read_text(), re.MULTILINE)]
    builds = re.findall(r"^docker build .*$", (ROOT / name).read_text(), re.MULTILINE)
    assert ["--gpus" in line for line in lines] == [False, True]
    assert {line[-1] for line in lines} == {re.search(r"-t (\S+)", build)[1] for build in builds}
    for argument in re.findall(r"--build-arg (\w+)=", " ".join(builds)):
        assert argument in {one.split("=")[0] for one in instructions("ARG")}
    for line in lines:
        port = line[line.index("-p") + 1].rpartition(":")[2]
        assert port == instructions("EXPOSE")[0]


# --- what goes into it ------------------------------------------------------------------------------------------------


def test_everything_is_left_out_but_what_is_named():
    assert IGNORED[0] == "*"
    for path in ADMITTED:
        assert (ROOT / path).exists(), path
    assert "static/vendor" in IGNORED  # the image fills it itself


def test_the_server_and_its_programs_start_from_what_goes_into_the_image(tmp_path: Path):
    for path in ADMITTED:
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, target, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
        else:
            shutil.copyfile(ROOT / path, target)
    create = "import app; app.create_app({'WORKERS': 1, 'EXPERIMENTS_DIR': 'runs'}).extensions['close']()"
    for command in (
        ["-c", create],
        ["-m", "lenet", "train", "--help"],
        ["-m", "playground", "warm", "--help"],
        ["-m", "db", "upgrade"],
    ):
        done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    for script in re.findall(r"scripts/\w+\.py", DOCKERFILE):
        assert (tmp_path / script).exists()


# --- how a container is made ready ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], ["python", "app.py"]),
        (["--workers", "4"], ["python", "app.py", "--workers", "4"]),
        (["worker"], ["python", "-m", "lenet", "worker"]),
        (["worker", "--device", "cuda:1"], ["python", "-m", "lenet", "worker", "--device", "cuda:1"]),
        (["python", "-m", "lenet", "train"], ["python", "-m", "lenet", "train"]),
    ],
)
def test_options_alone_are_the_servers_and_those_after_worker_a_workers(arguments: list[str], command: list[str]):
    assert entrypoint.command(arguments) == command


HASWELL = " ".join(sorted(entrypoint.PORTABLE_FLAGS | {"sse2", "aes"}))
PORTABLE = {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": ""}


@pytest.mark.parametrize(
    ("before", "cpuinfo", "machine", "after"),
    [
        ({}, f"flags\t\t: {HASWELL}\n", "x86_64", PORTABLE),
        ({}, f"flags\t\t: {HASWELL.replace('avx2', '')}\n", "x86_64", {}),
        ({}, "Features\t: fp asimd\n", "aarch64", {}),
        ({"NUMBA_CPU_NAME": "generic"}, f"flags\t\t: {HASWELL}\n", "x86_64", {"NUMBA_CPU_NAME": "generic"}),
        ({"NUMBA_CPU_NAME": ""}, f"flags\t\t: {HASWELL}\n", "x86_64", {}),
    ],
    ids=["since 2013", "older", "another architecture", "the user's choice", "this one"],
)
def test_the_portable_kernel_is_for_processors_that_can_run_it(before, cpuinfo, machine, after):
    entrypoint.choose_cpu(before, cpuinfo, machine)
    assert before == after


@pytest.fixture
def baked(tmp_path: Path) -> Path:
    """A folder as the image has it, with one file in a folder."""
    (tmp_path / "baked" / "MNIST" / "raw").mkdir(parents=True)
    (tmp_path / "baked" / "MNIST" / "raw" / "labels").write_bytes(b"7")
    return tmp_path / "baked"


def test_the_kernel_is_lent_where_it_can_be_written(baked: Path, tmp_path: Path):
    environment: dict[str, str] = {}
    entrypoint.lend_kernel(environment, baked, tmp_path)
    lent = Path(environment["NUMBA_CACHE_DIR"])
    assert (lent / "MNIST" / "raw" / "labels").read_bytes() == b"7"
    assert lent.is_relative_to(tmp_path)
    assert not lent.is_relative_to(baked)


def test_data_is_put_where_it_is_missing_and_only_there(baked: Path, tmp_path: Path):
    (baked / "MNIST" / "raw" / "images").write_bytes(b"new")
    data = tmp_path / "data"
    (data / "MNIST" / "raw").mkdir(parents=True)
    (data / "MNIST" / "raw" / "images").write_bytes(b"the user's")
    environment = {"PLAYLAB_DATA": str(data)}
    entrypoint.lend_data(environment, baked)
    found = {path.name: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert found == {"images": b"the user's", "labels": b"7"}
    assert environment == {"PLAYLAB_DATA": str(data)}


def test_data_is_read_in_place_where_it_cannot_be_put(baked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").touch()
    environment = {"PLAYLAB_DATA": str(tmp_path / "file" / "data")}
    entrypoint.lend_data(environment, baked)
    assert environment == {"PLAYLAB_DATA": str(baked)}
    assert "file/data" in capsys.readouterr().err


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLAYLAB_", "NUMBA_"))}
    command = [sys.executable, ROOT / "scripts" / "docker_entrypoint.py", *arguments]
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, timeout=20)


def test_the_home_folder_is_meant_by_a_tilde(baked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    environment = {"PLAYLAB_DATA": "~/data", "PLAYLAB_EXPERIMENTS": "~/runs"}
    entrypoint.lend_data(environment, baked)
    entrypoint.check_experiments(environment)
    assert (tmp_path / "data" / "MNIST" / "raw" / "labels").is_file()
    assert (tmp_path / "runs").is_dir()
    assert not (tmp_path / "~").exists()


def test_a_home_folder_that_nobody_has_is_named(tmp_path: Path):
    done = start("true", PLAYLAB_DATA=str(tmp_path), PLAYLAB_EXPERIMENTS="~nobody-of-this-name/runs")
    assert done.returncode == 1
    assert done.stderr.startswith("PLAYLAB_EXPERIMENTS=~nobody-of-this-name/runs: ")


def test_the_command_takes_the_entry_points_place_and_its_status(tmp_path: Path):
    folders = {"PLAYLAB_DATA": str(tmp_path / "data"), "PLAYLAB_EXPERIMENTS": str(tmp_path / "runs")}
    done = start("sh", "-c", "echo $PLAYLAB_DATA; exit 3", **folders)
    assert (done.returncode, done.stdout) == (3, folders["PLAYLAB_DATA"] + "\n")


def test_folders_that_cannot_hold_runs_are_refused_with_what_to_do(tmp_path: Path):
    (tmp_path / "file").touch()
    done = start("true", PLAYLAB_DATA=str(tmp_path), PLAYLAB_EXPERIMENTS=str(tmp_path / "file"))
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert f"chown {os.getuid()}:{os.getgid()}" in done.stderr


def test_a_worker_finds_queue_and_data_in_its_environment_and_needs_no_folder_for_runs(
    baked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").touch()
    data = tmp_path / "data"
    monkeypatch.setattr(entrypoint, "BAKED", tmp_path / "image")
    (tmp_path / "image").mkdir()
    baked.rename(tmp_path / "image" / "data")
    became = []
    monkeypatch.setattr(os, "execvp", lambda _program, words: became.append(words))
    environment = {"PLAYLAB_DATA": str(data), "PLAYLAB_EXPERIMENTS": str(tmp_path / "file" / "runs")}
    monkeypatch.setattr(os, "environ", {**os.environ, **environment, "PLAYLAB_REDIS": "redis://redis:6379/0"})
    entrypoint.main(["worker", "--name", "gpu-1"])
    assert became == [["python", "-m", "lenet", "worker", "--name", "gpu-1"]]
    assert (data / "MNIST" / "raw" / "labels").read_bytes() == b"7"
    options = parser().parse_args(became[0][3:])
    assert (str(options.redis), options.data) == ("redis://redis:6379/0", data)
    with pytest.raises(SystemExit, match="saves its runs there"):
        entrypoint.main([])


def test_a_worker_starts_by_the_entry_point(tmp_path: Path):
    folders = {"PLAYLAB_DATA": str(tmp_path), "PLAYLAB_EXPERIMENTS": str(tmp_path)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = start("worker", PLAYLAB_REDIS="redis://127.0.0.1:1/0", PATH=path, **folders)
    assert done.returncode == 2
    assert "error: Redis does not answer" in done.stderr


def test_a_command_that_does_not_exist_is_named():
    done = start("no-such-command")
    assert done.returncode == 1
    assert done.stderr.startswith("no-such-command: ")


def health(port: int) -> int:
    """The exit status of the health check, with a proxy that nothing answers in its environment."""
    environment = os.environ | {"PLAYLAB_PORT": str(port), "http_proxy": "http://127.0.0.1:1", "no_proxy": ""}
    command = [sys.executable, ROOT / "scripts" / "docker_healthcheck.py"]
    return subprocess.run(command, env=environment, capture_output=True, timeout=20).returncode


@pytest.mark.parametrize(("variable", "port"), [("8080", 8080), ("", 5000), ("tcp://10.0.0.7:8080", 5000)])
def test_the_health_check_asks_where_the_server_is(monkeypatch: pytest.MonkeyPatch, variable: str, port: int):
    """Kubernetes sets PLAYLAB_PORT to tcp://... in every container beside a service named playlab."""
    asked: list[tuple[str, int]] = []

    class Connection:
        def __init__(self, host: str, port: int, **_: float):
            asked.append((host, port))

        def request(self, *_: str) -> None:
            raise ConnectionRefusedError

    monkeypatch.setattr(docker_healthcheck, "http", SimpleNamespace(client=SimpleNamespace(HTTPConnection=Connection)))
    monkeypatch.setenv("PLAYLAB_PORT", variable)
    assert docker_healthcheck.main() == 1
    assert asked == [("127.0.0.1", port)]
    assert _default_port(variable or "5000") == str(port)  # the server's own


def test_the_health_check_tells_a_server_from_none(server: str):
    assert health(int(server.rpartition(":")[2])) == 0
    assert health(free_port()) == 1
