"""The page itself: both languages, every size of screen, everyone, and a server that goes away for a while."""

import re

import pytest
from playwright.sync_api import expect

from support.long import parametrize
from support.network import Network
from support.processes import wait_until
from support.web_clients import Client
from web.limits import MAX_PER_BROWSER

pytestmark = pytest.mark.timeout(300)  # the first test may wait for two trainings, at low priority

LOOKS = ("draw", "mistakes", "kernels", "maps")
SIZES = [(1366, 768), (1024, 768), (1920, 1080), (390, 844), (320, 640)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# Names, code and signs that are the same in both languages.
UNTRANSLATED = """
    Playlab Playground LeNet LeCun Yann MNIST Fashion CrossEntropyLoss PyTorch Xavier SGD AdamW Nesterov ReLU Sigmoid
    Softmax tanh beta CPU GPU CUDA logit logits conv conv1 conv2 pool1 pool2 fc1 fc2 fc3 input state_dict torch load
    weights_only True pt lenet mnist experiments English Show this page in Home End Enter Shift MB GB
    py onnx safetensors zip csv png svg
""".split()  # noqa: SIM905
ALL_TEXT = """() => {
  const texts = [document.title];
  for (const element of document.querySelectorAll("body *")) {
    if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName) || element.closest(".command")) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.push(node.data.trim());
    for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"])
      if (element.hasAttribute(name)) texts.push(element.getAttribute(name));
  }
  return texts.filter(Boolean);
}"""
WORD = re.compile(r"[A-Za-z][A-Za-z_0-9]+|(?<=\d )[smh]\b|(?<=\d)[smh]\b")  # and units of one letter: "3.2 s"
NO_WORDS = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}|lenet_[\w.]+\.pt")  # ids of runs, names of files
RUN_AXE = """async () => (await axe.run({resultTypes: ["violations"]})).violations
  .filter(({impact}) => ["serious", "critical"].includes(impact))
  .map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map(({html}) => html.slice(0, 160)).join(" | ")}`)"""
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


def look_everywhere(lenet, run):
    """The page, loaded already, with something in each of its parts."""
    lenet.see(run)
    lenet.draw("7")
    expect(lenet.get("draw-verdict")).to_have_attribute("data-predicted", re.compile(r"\d"))
    for look in LOOKS[1:]:
        lenet.click(f"look-{look}")
    expect(lenet.get("maps-verdict")).to_have_attribute("data-predicted", re.compile(r"\d"))
    expect(lenet.get("chart-accuracy").locator(".legend")).to_be_visible()


def english_words(page):
    """Latin words that the list above does not excuse, the names of this machine's devices aside."""
    devices = page.request.get(f"{page.url.split('/lenet')[0]}/api/devices").json()["devices"]
    words = {word for device in devices for word in re.findall(r"\w+", device["name"])}
    allowed = {word.lower() for word in {*UNTRANSLATED, *words}}
    words = {word for text in page.evaluate(ALL_TEXT) for word in WORD.findall(NO_WORDS.sub("", text))}
    return {word for word in words if word.lower() not in allowed}


@pytest.mark.long("test_the_language_changes_in_place")
def test_in_chinese_everything_is_chinese(visit, run):
    chinese = visit(locale="zh-CN").open()
    assert not english_words(chinese.page)
    look_everywhere(chinese, run)
    expect(chinese.get("run-title")).to_have_text("快速 · MNIST")
    assert not english_words(chinese.page)


def test_the_language_changes_in_place(visit, run):
    lenet = visit().open()
    look_everywhere(lenet, run)
    lenet.click("lang-switch")
    expect(lenet.get("epoch-title")).to_have_text("第 2 轮之后")
    expect(lenet.get("chart-accuracy").locator(".legend")).to_contain_text("测试")
    assert not english_words(lenet.page)


def test_axe_finds_nothing_serious(lenet, axe, runs):
    lenet.home().page.evaluate(axe)
    assert lenet.page.evaluate(RUN_AXE) == []
    lenet.go(f"#compare={runs[0]['run']},{runs[1]['run']}")
    expect(lenet.get("compare-table")).to_be_visible()
    assert lenet.page.evaluate(RUN_AXE) == []
    look_everywhere(lenet, runs[0])
    for theme in ("dark", "light"):
        lenet.click("theme-switch")
        for look in LOOKS:
            lenet.click(f"look-{look}")
            assert lenet.page.evaluate(RUN_AXE) == [], (theme, look)


@pytest.mark.long("test_axe_finds_nothing_serious")
def test_axe_finds_nothing_serious_on_a_phone(visit, axe, run):
    phone = visit(**PHONE).open()
    look_everywhere(phone, run)
    phone.page.evaluate(axe)
    assert phone.page.evaluate(RUN_AXE) == []


@parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}", short=[0, 4])
def test_nothing_sticks_out_sideways(sized, runs, size):
    lenet = sized(*size).home()
    lenet.show_all_settings()
    assert lenet.page.evaluate(OVERFLOW) <= 0
    lenet.go(f"#compare={runs[0]['run']},{runs[1]['run']}")
    expect(lenet.get("compare-table")).to_be_visible()
    assert lenet.page.evaluate(OVERFLOW) <= 0
    look_everywhere(lenet, runs[0])
    for look in LOOKS:
        lenet.click(f"look-{look}")
        assert lenet.page.evaluate(OVERFLOW) <= 0, look


def test_on_a_phone_a_run_has_the_screen_and_a_way_back(visit, run):
    phone = visit(**PHONE).open()
    phone.row(run["run"]).get_by_test_id("open-run").tap()
    expect(phone.get("run-title")).to_be_in_viewport()
    expect(phone.get("start")).to_be_hidden()
    phone.get("to-list").first.tap()
    expect(phone.get("start")).to_be_visible()


def test_a_finger_draws(visit, run):
    phone = visit(**PHONE).open_run(run)
    pad = phone.get("pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    touch = phone.page.context.new_cdp_session(phone.page)
    for event, share in (("touchStart", 0.15), ("touchMove", 0.4), ("touchMove", 0.65), ("touchMove", 0.85)):
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + share * box["height"]}
        touch.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(phone.get("draw-verdict")).to_have_attribute("data-predicted", "1")


@pytest.mark.long(
    "tests/browser/playground/test_connection.py::test_a_network_that_falls_silent_is_noticed_within_five_seconds_and_found_back"
)
def test_a_network_that_falls_silent_is_noticed_within_five_seconds_and_found_back(visit, lenet_server):
    between = Network(int(lenet_server.rsplit(":", 1)[1]))
    try:
        lenet = visit(at=between.url)
        heard: list[str | bytes] = []
        lenet.page.on("websocket", lambda socket: socket.on("framereceived", lambda one: heard.append(one)))
        lenet.open()
        wait_until(lambda: lenet.page.evaluate("1") and any(str(one).startswith("40/lenet") for one in heard))
        notice = lenet.get("notice-connection")

        def silence():
            took = between.silence(until=lambda: expect(notice).to_contain_text("No answer from the server"))
            expect(notice).to_be_hidden()
            return took

        assert any(silence() < 5 for _ in range(3))  # where the machine is busy with other things, the page stands too
    finally:
        between.close()


def test_a_page_for_which_there_is_no_room_says_what_to_do_and_goes_on_by_itself(visit, lenet_server):
    lenet = visit(locale="zh-CN")
    lenet.page.context.request.get(f"{lenet_server}/lenet")
    (cookie,) = (one["value"] for one in lenet.page.context.cookies() if one["name"] == "playlab_browser")
    others = [Client(lenet_server, cookie=cookie, reading=True) for _ in range(MAX_PER_BROWSER)]
    try:
        lenet.open()
        expect(lenet.get("notice-connection")).to_contain_text("请关闭本站的其他标签页")
    finally:
        for other in others:
            other.close()
    expect(lenet.get("notice-connection")).to_be_hidden()


IDLE = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(() => setTimeout(done)))))"""


def test_plotly_is_fetched_when_the_first_chart_is_seen_and_once(visit, runs):
    lenet = visit()
    fetched = []
    lenet.page.on("request", lambda request: fetched.append(request.url) if "plotly" in request.url else None)
    lenet.open()
    lenet.page.evaluate(IDLE)
    assert fetched == []
    lenet.go(f"#run={runs[0]['run']}")
    expect(lenet.get("chart-loss").locator(".legend")).to_be_visible()
    lenet.go(f"#compare={runs[0]['run']},{runs[1]['run']}")
    expect(lenet.get("chart-compare").locator(".legend")).to_be_visible()
    assert len(fetched) == 1


def test_a_link_is_copied_where_the_browser_gives_no_clipboard(visit, run):
    lenet = visit()
    lenet.page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
    )  # as over plain HTTP
    lenet.open_run(run)
    lenet.click("copy-link")
    expect(lenet.get("notice-link")).to_have_text("Link copied.")
    lenet.page.evaluate(
        "() => { const field = document.createElement('input'); document.body.append(field); field.focus(); }"
    )
    lenet.page.keyboard.press("Control+V")
    assert lenet.page.evaluate("document.activeElement.value") == lenet.page.url


@parametrize("tab", ["", "lenet"], short=[1])
def test_a_page_names_every_module_it_needs_and_fetches_each_once(visit, tab):
    lenet = visit()
    page = lenet.page
    page.goto(f"{lenet.url}/{tab}")
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    fetched = page.evaluate("""() => performance.getEntriesByType("resource")
      .map(({ name }) => new URL(name).pathname)
      .filter((path) => /^\\/static\\/.*\\.js$/.test(path) && !path.includes("/vendor/"))""")
    named = page.locator("link[rel=modulepreload]").evaluate_all(
        "links => links.map(({ href }) => new URL(href).pathname)"
    )
    folder = named[0].partition("/base/")[0]
    assert re.fullmatch("/static/[0-9a-f]{16}/js", folder)
    programs = [f"{folder}/{name}.js" for name in ("base/boot", "base/old-browser", f"{tab or 'playground'}/app")]
    assert sorted(fetched) == sorted([*named, *programs])


def test_the_form_and_the_list_are_asked_for_at_once(visit):
    lenet = visit()
    held = []
    lenet.page.route("**/api/lenet/schema", lambda route: held.append(route))
    with lenet.page.expect_response("**/api/lenet/runs?*"):  # while the schema has no answer yet
        lenet.page.goto(f"{lenet.url}/lenet")
    assert len(held) == 1
    held[0].continue_()
    expect(lenet.page.locator("html[data-ready]")).to_be_attached()
    expect(lenet.get("start")).to_be_visible()
