"""The edge's options, on the command line and in the environment."""

import pytest

import app

NAMES = (
    "HOST", "PORT", "WORKERS", "DATA", "EXPERIMENTS", "REDIS", "TRAINERS", "TEACHER", "ALLOW_HOST", "PROXIES", "LOG",
    "DATABASE", "KEEP_DATA", "KEEP_NOTEBOOKS",
)  # fmt: skip


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"PLAYLAB_{name}", raising=False)
    return lambda name, value: monkeypatch.setenv(f"PLAYLAB_{name}", value)


def test_by_default_nothing_is_added_and_no_proxy_believed():
    arguments = app._arguments([])
    assert (arguments.allow_host, arguments.proxies, arguments.log) == ([], 0, "text")


def test_how_many_runs_a_device_trains_at_once_is_asked_of_the_device_or_said(environment):
    assert app._arguments([]).trainers is None
    environment("TRAINERS", "3")
    assert app._arguments([]).trainers == 3
    assert app._arguments(["--trainers", "5"]).trainers == 5


def test_an_empty_variable_is_an_unset_one(environment):
    """As compose files leave it."""
    unset = app._arguments([])
    for name in NAMES:
        environment(name, "")
    assert app._arguments([]) == unset
    assert {name.lower() for name in NAMES} == set(vars(unset))


def test_hosts_are_named_one_by_one_or_separated_by_commas(environment):
    environment("ALLOW_HOST", "lab.school,10.0.0.0/8")
    assert app._arguments([]).allow_host == ["lab.school", "10.0.0.0/8"]
    assert app._arguments(["--allow-host", "a", "--allow-host", "b"]).allow_host == ["a", "b"]


def test_a_token_that_no_browser_could_send_is_refused_and_not_shown(environment, capsys):
    environment("TEACHER", "chalk\udcff")
    with pytest.raises(SystemExit) as ended:
        app._arguments([])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "invalid --teacher" in told
    assert "chalk" not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trainers", "0"),
        ("trainers", "65"),
        ("trainers", "x"),
        ("allow-host", "http://lab.school"),
        ("proxies", "-1"),
        ("proxies", "x"),
        ("log", "xml"),
        ("host", "a b"),
        ("port", "٣٣٣٣"),
        ("port", "80_00"),
        ("workers", "1.0"),
        ("experiments", "~nobody.of.that.name/runs"),
    ],
)
def test_a_bad_one_is_named_wherever_it_comes_from(name, value, environment, capsys):
    with pytest.raises(SystemExit):
        app._arguments([f"--{name}", value])
    assert value in capsys.readouterr().err
    environment(name.upper().replace("-", "_"), value)
    with pytest.raises(SystemExit):
        app._arguments([])
    assert value in capsys.readouterr().err
