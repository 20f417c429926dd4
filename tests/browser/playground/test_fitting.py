"""All four classification data sets can be fitted from the page, with the settings that its article shows."""

from support.long import parametrize

REGRESSION = {"reg-plane": 0.001, "reg-gauss": 0.02}
TARGETS = {"circle": 0.05, "xor": 0.05, "gauss": 0.05, "spiral": 0.1}  # test loss
SEED = "0.31415"  # the recipes' own
FEATURES = ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY")


def recipe(playground, dataset):
    """The link of the article's recipe, by key."""
    address = playground.get(f"recipe-{dataset}").get_attribute("href")
    return dict(part.split("=") for part in address.removeprefix("#").split("&"))


def train_to(playground, target):
    playground.get("select-speed").select_option("max")
    playground.play()
    playground.wait(lambda: playground.loss() < target, f"a test loss below {target}")
    playground.pause()
    assert playground.loss() < target


def build(playground, layer, neurons):
    """Give the last layer, number `layer`, so many neurons."""
    shape = [int(count) for count in playground.link["networkShape"].split(",")]
    while shape[-1] != neurons:
        more = shape[-1] < neurons
        shape[-1] += 1 if more else -1
        playground.click(f"layer-{layer}-add" if more else f"layer-{layer}-remove")
        playground.expect_link(networkShape=",".join(map(str, shape)))


@parametrize("dataset", TARGETS, short=1)
def test_it_is_fitted_by_setting_every_control_as_the_recipe_says(playground, dataset):
    other = "xor" if dataset == "circle" else "circle"
    playground.visit(f"dataset={other}&activation=relu&learningRate=0.001&networkShape=3&x=false&sinY=true&seed={SEED}")
    setting = recipe(playground, dataset)
    playground.click(f"dataset-{dataset}")
    playground.choose("learningRate", setting["learningRate"])
    playground.choose("activation", setting["activation"])
    first, second = map(int, setting["networkShape"].split(","))
    build(playground, 1, first)
    playground.click("add-layer")
    playground.expect_link(networkShape=f"{first},{first}")
    build(playground, 2, second)
    for feature in FEATURES:
        wanted = setting.get(feature, "true" if feature in "xy" else "false")
        if playground.link[feature] != wanted:
            playground.click(f"feature-{feature}")
            playground.expect_link(**{feature: wanted})

    train_to(playground, TARGETS[dataset])
    assert setting.items() <= playground.link.items()


@parametrize("dataset", TARGETS, short=2)
def test_it_is_fitted_by_opening_the_recipe_and_pressing_play(playground, dataset):
    playground.click(f"recipe-{dataset}")
    playground.expect_link(**recipe(playground, dataset))
    train_to(playground, TARGETS[dataset])
    assert float(playground.get("accuracy-test").inner_text().removesuffix(" %")) > 95


@parametrize("dataset", REGRESSION, short=1)
def test_a_recipe_of_regression_fits_too(playground, dataset):
    playground.click(f"recipe-{dataset}")
    playground.expect_link(**recipe(playground, dataset))
    train_to(playground, REGRESSION[dataset])
