"""The process around a worker, without its pipe."""

import gc
import os
import sys
import threading

import pytest

from playground.serving import messages, worker_process


class ReadyError(Exception):
    pass


def test_what_it_has_loaded_is_frozen_before_it_serves(monkeypatch):
    class Web:
        def __init__(self, _kinds):
            pass

        def hear(self):
            threading.Event().wait()

        def say(self, message):
            assert isinstance(message, messages.Ready), message
            raise ReadyError

    monkeypatch.setattr(worker_process, "Parent", Web)
    monkeypatch.setattr(os, "nice", lambda _by: None)
    monkeypatch.setattr(sys, "argv", ["worker_process"])
    gc.unfreeze()
    try:
        with pytest.raises(ReadyError):
            worker_process.main()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
