"""What is the same for all child processes."""

import runpy

from core import children


def test_on_windows_a_child_has_a_process_group_of_its_own(monkeypatch):
    """So that Ctrl-C in the server's terminal does not stop it. Read off Python's manual: no such machine was there."""
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("subprocess.CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
    assert runpy.run_path(children.__file__)["OWN_GROUP"] == {"creationflags": 0x200}
    monkeypatch.undo()
    assert runpy.run_path(children.__file__)["OWN_GROUP"] == {"start_new_session": True}
