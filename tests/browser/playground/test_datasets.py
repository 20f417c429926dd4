"""The data sets: the original's in sight, the others behind "More data", by mouse, keyboard and touch."""

import pytest
from playwright.sync_api import expect

from playground import link
from playground.config import FIELDS, MEASURED_CLASSES, MEASURED_REGRESSIONS, OWN_DATA
from playground.data import datasets
from playground.original import generators
from support.playground_page import PLAIN

NAMES = {
    problem: [name for name in FIELDS[key].kind.values if name != OWN_DATA]
    for problem, key in (("classification", "dataset"), ("regression", "regDataset"))
}
ORIGINALS = list(generators.DATASETS)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


# The data sets that can be chosen, from the top and from left to right.
SHOWN = """() => [...document.querySelectorAll(".dataset:not([hidden])")]
  .map((button) => [button.getBoundingClientRect(), button.dataset.testid.replace("dataset-", "")])
  .sort(([one], [other]) => one.y - other.y || one.x - other.x)
  .map(([, name]) => name)"""


def expect_shown(playground, names):
    playground.wait(lambda: playground.page.evaluate(SHOWN) == names, f"{names} and no others to choose from")


def originals(problem):
    return [name for name in NAMES[problem] if name in ORIGINALS]


def expect_in_use(playground, name):
    """In the link, on the page, and on the map: its points are those of the link."""
    button = playground.get(f"dataset-{name}")
    expect(button).to_have_attribute("aria-pressed", "true")
    playground.expect_link(**{"regDataset" if name.startswith("reg-") else "dataset": name})
    train, test = datasets.split(link.parse(playground.page.url))
    wanted = {"train": [*map(tuple, train.tolist())], "test": [*map(tuple, test.tolist())]}
    playground.wait(lambda: playground.points == wanted, f"the points of {name}")


@pytest.mark.parametrize(
    ("locale", "more", "hint", "name"),
    [("en", "More data", "More data sets", "Checkerboard"), ("zh-CN", "更多数据", "更多数据集", "棋盘")],
)
def test_more_unfolds_the_others_below_the_originals(visit, locale, more, hint, name):
    playground = visit(locale=locale)
    button = playground.get("datasets-more")
    expect(button).to_have_text(more)
    expect(button).to_have_accessible_name(hint)
    expect(button).to_have_attribute("aria-expanded", "false")
    expect_shown(playground, originals("classification"))
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect_shown(playground, NAMES["classification"])
    assert button.bounding_box()["y"] < playground.get("dataset-moons").bounding_box()["y"]
    playground.page.get_by_role("button", name=name, exact=True).click()
    expect_in_use(playground, "checkerboard")
    playground.click("dataset-xor")
    expect_in_use(playground, "xor")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect_shown(playground, originals("classification"))


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_one_of_the_others_is_chosen_by_keyboard(visit, locale):
    playground = visit(f"problem=regression&{PLAIN}", locale=locale)
    press = playground.page.keyboard.press
    expect_shown(playground, originals("regression"))
    playground.get("dataset-reg-gauss").focus()
    press("Tab")
    expect(playground.get("datasets-more")).to_be_focused()
    press("Enter")
    press("Tab")
    press("Tab")
    expect(playground.get("dataset-reg-saddle")).to_be_focused()
    press("Space")
    expect_in_use(playground, "reg-saddle")
    expect(playground.get("dataset-reg-saddle")).to_be_focused()
    press("Shift+Tab")
    press("Shift+Tab")
    press("Space")
    expect(playground.get("datasets-more")).to_have_attribute("aria-expanded", "false")
    expect_shown(playground, [*originals("regression"), "reg-saddle"])  # the one in use stays in sight


def test_on_a_laptop_all_of_it_stays_on_the_first_screen(visit):
    playground = visit(f"dataset=moons&{PLAIN}", viewport={"width": 1366, "height": 768})
    for testid in ("dataset-absolute", "new-data", "check-log"):
        expect(playground.get(testid)).to_be_in_viewport(ratio=1)
    for name in NAMES["classification"]:
        box = playground.get(f"dataset-{name}").bounding_box()
        assert min(box["width"], box["height"]) >= 24, name


def test_on_a_phone_it_is_tapped(visit):
    phone = visit(**PHONE)
    phone.get("datasets-more").tap()
    expect_shown(phone, NAMES["classification"])
    phone.get("dataset-absolute").tap()
    expect_in_use(phone, "absolute")


def test_it_is_unfolded_where_one_of_the_others_is_in_use_and_remembers_nothing(visit):
    playground = visit(f"dataset=rings&{PLAIN}")
    expect(playground.get("datasets-more")).to_have_attribute("aria-expanded", "true")
    expect_in_use(playground, "rings")
    playground.visit(PLAIN)
    expect_shown(playground, NAMES["classification"])  # nothing folds by itself
    playground.page.reload()
    playground.wait_until_ready()
    expect(playground.get("datasets-more")).to_have_attribute("aria-expanded", "false")
    playground.visit(f"dataset=sine&{PLAIN}")
    expect(playground.get("datasets-more")).to_have_attribute("aria-expanded", "true")
    playground.click("datasets-more")
    expect_shown(playground, [*originals("classification"), "sine"])
    playground.choose("problem", "regression")
    expect_shown(playground, originals("regression"))
    playground.choose("problem", "classification")
    expect(playground.get("datasets-more")).to_have_attribute("aria-expanded", "true")


def test_every_picture_has_the_colours_of_its_points(playground):
    scale = playground.page.evaluate(
        """async () => {
          const { colorScale } = await import("/static/js/base/color.js");
          const { look } = await import("/static/js/base/theme.js");
          return [-1, 1].map((label) => colorScale(look()).css(label));
        }"""
    )
    ends = [tuple(int(part) for part in color.strip("rgb()").split(",")) for color in scale]
    for name in datasets.DATASETS:
        has_colors(playground, name, ends)


def has_colors(playground, name, colors):
    """The picture of a data set has pixels near each of these."""
    canvas = playground.get(f"dataset-{name}").locator("canvas")
    pixels = {pixel[:3] for pixel in playground.pixels(canvas) if pixel[3] == 255}
    for color in colors:
        assert any(max(abs(a - b) for a, b in zip(pixel, color, strict=True)) < 40 for pixel in pixels), (name, color)


def test_the_pictures_of_measured_sets_show_their_points_in_the_colours_of_their_classes_and_values(playground):
    found = playground.page.evaluate(
        """async () => {
          const { colorScale } = await import("/static/js/base/color.js");
          const { look } = await import("/static/js/base/theme.js");
          const scale = colorScale(look());
          return [[0, 1, 2].map((label) => scale.classes.css(label)), [-0.9, 0.9].map((label) => scale.css(label))];
        }"""
    )
    classes, values = ([tuple(int(part) for part in color.strip("rgb()").split(",")) for color in one] for one in found)
    for name in MEASURED_CLASSES:
        has_colors(playground, name, classes)
    for name in MEASURED_REGRESSIONS:
        has_colors(playground, name, values)


def test_a_link_that_hides_the_data_sets_hides_the_button(visit):
    playground = visit(f"dataset_hide=true&{PLAIN}")
    expect(playground.get("datasets-more")).to_be_hidden()
    expect(playground.get("dataset-circle")).to_be_hidden()


def test_a_link_leaves_the_originals_data_sets_alone_and_takes_drawing_and_files_away(visit):
    playground = visit(f"moreDatasets_hide=true&{PLAIN}")
    for testid in ("datasets-more", "own-draw", "own-file"):
        expect(playground.get(testid)).to_be_hidden()
    expect_shown(playground, originals("classification"))
    playground.choose("problem", "regression")
    expect_shown(playground, originals("regression"))


def test_one_that_a_link_hides_is_there_while_it_is_in_use(visit):
    playground = visit(f"dataset=moons&moreDatasets_hide=true&{PLAIN}")
    expect_shown(playground, [*originals("classification"), "moons"])
    playground.click("dataset-xor")
    playground.expect_link(dataset="xor", moreDatasets_hide="true")
    expect_shown(playground, originals("classification"))


@pytest.mark.parametrize("kind", ["recipe", "failure"])
def test_the_articles_links_open_the_data_set_with_its_settings(visit, kind):
    playground = visit()
    for name in ("checkerboard", "reg-saddle"):
        address = playground.get(f"{kind}-{name}").get_attribute("href").removeprefix("#")
        playground.click(f"{kind}-{name}")
        expect_in_use(playground, name)
        assert dict(part.split("=") for part in address.split("&")).items() <= playground.link.items()
