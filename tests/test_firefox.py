"""The pages in Firefox, beside the Chromium of the other browser tests.

Playwright drives only a Firefox of its own making; the one of the machine, Debian's `firefox-esr` for one, is driven by
WebDriver BiDi, which puppeteer speaks. tests/firefox/smoke.test.js holds the tests; each is one here.
"""

import os
import re
import subprocess

import pytest

from support import processes
from support.processes import ROOT

SMOKE = ROOT / "tests" / "firefox" / "smoke.test.js"
TESTS = re.findall(r'^test\("([^"]+)"', SMOKE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def report(node, server):
    """What Node.js says of all the tests."""
    environment = {**os.environ, "PLAYLAB": server, "FIREFOX": processes.program("firefox-esr", "firefox")}
    run = subprocess.run(
        [node, "--test", "--test-reporter=tap", SMOKE],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    return run.stdout + run.stderr


@pytest.mark.timeout(330)
@pytest.mark.parametrize("name", TESTS)
def test_firefox(report, name):
    assert re.search(rf"^ok \d+ - {re.escape(name)}$", report, re.MULTILINE), report


def test_there_are_tests():
    assert len(TESTS) >= 5
