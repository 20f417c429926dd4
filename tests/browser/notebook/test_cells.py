"""What is done to the cells of a notebook: written, added, moved, removed, undone, found, filled, sorted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support.pins import lenet_pin, pin
from support.processes import wait_until


def text(words):
    return {"type": "text", "text": words}


@pytest.fixture
def three(notebook):
    notebook.create(text("One"), text("Two"), text("Three"))
    return notebook


def test_the_first_visit_offers_the_exercise_in_one_click(visit):
    notebook = visit(locale="zh-CN").open()
    expect(notebook.get("welcome")).to_contain_text("图钉")
    expect(notebook.page.locator("main button.primary:visible")).to_have_count(1)
    notebook.click("begin")
    expect(notebook.get("title")).to_contain_text("练习二")
    assert notebook.cells.count() > 20
    expect(notebook.get("notebook-row")).to_have_count(1)
    expect(notebook.get("template").get_by_text("空白实验记录", exact=True)).to_have_count(1)


def test_markdown_is_written_in_a_field_that_grows_and_read_as_the_server_makes_it(three):
    field = three.edit(three.cell("Two"))
    low = field.bounding_box()["height"]
    three.page.keyboard.type("\n\nIt is **large**: $x^2$" + "\n\nand more" * 6)
    assert field.bounding_box()["height"] > low + 100
    three.page.keyboard.press("Escape")
    cell = three.cell("It is")
    expect(cell.locator("strong")).to_have_text("large")
    expect(cell.locator("math")).to_have_count(1)
    three.expect_saved()


@pytest.mark.parametrize("how", ["Escape", "another cell"])
def test_a_text_is_read_as_the_server_makes_it_also_where_it_was_saved_before_the_writing_ended(three, how):
    def end():
        if how == "Escape":
            three.page.keyboard.press("Escape")
        else:
            three.cell("One").focus()

    three.edit(three.cell("Two"))
    three.page.keyboard.type(" is **large**")
    three.expect_saved()
    end()
    cell = three.cell("is large")
    expect(cell.locator("strong")).to_have_text("large")
    three.edit(three.cell("is large"))
    end()
    expect(cell.locator("strong")).to_have_text("large")


def test_cells_are_moved_by_keyboard_by_buttons_and_by_dragging(three):
    for name in ("One", "Two", "Three"):
        expect(three.cell(name)).to_have_count(1)
    three.cell("One").focus()
    three.page.keyboard.press("Alt+ArrowDown")
    assert three.texts() == ["Two", "One", "Three"]
    expect(three.cell("One")).to_be_focused()
    three.cell("Three").hover()
    three.cell("Three").get_by_test_id("cell-up").click()
    assert three.texts() == ["Two", "Three", "One"]
    handle = three.cell("One").get_by_test_id("cell-handle").bounding_box()
    top = three.cell("Two").bounding_box()
    mouse = three.page.mouse
    mouse.move(handle["x"] + 5, handle["y"] + 5)
    mouse.down()
    mouse.move(handle["x"] + 5, top["y"] + 30, steps=4)
    mouse.move(handle["x"] + 5, top["y"] + 3)
    mouse.up()
    assert three.texts() == ["One", "Two", "Three"]
    three.expect_saved()
    three.page.reload()
    expect(three.cells).to_have_count(3)
    assert three.texts() == ["One", "Two", "Three"]


def test_a_cell_is_moved_right_after_it_was_written_but_not_while_it_is(three):
    field = three.edit(three.cell("Two"))
    three.page.keyboard.press("Alt+ArrowUp")
    expect(field).to_be_focused()
    assert [words.strip() for words in three.texts()] == ["One", "Two", "Three"]
    three.page.keyboard.type(" more")
    three.page.keyboard.press("Escape")
    three.page.keyboard.press("Alt+ArrowUp")
    wait_until(lambda: three.texts() == ["Two more", "One", "Three"])
    three.page.keyboard.press("Alt+ArrowDown")
    wait_until(lambda: three.texts() == ["One", "Two more", "Three"])


def test_a_finger_drags_too(visit):
    phone = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open()
    phone.create(text("One"), text("Two"), text("Three"))
    touch = phone.page.context.new_cdp_session(phone.page)
    handle, last = phone.cell("One").get_by_test_id("cell-handle").bounding_box(), phone.cell("Three").bounding_box()
    x, bottom = handle["x"] + 5, last["y"] + last["height"]

    def point(kind, *at):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for y in at]})

    point("touchStart", handle["y"] + 8)
    for share in (0.3, 0.6, 1):
        point("touchMove", handle["y"] + 8 + share * (bottom - handle["y"]))
    point("touchEnd")
    expect(phone.cells.last).to_contain_text("One")


def test_on_a_phone_a_tap_opens_the_cell_below_the_one_that_has_the_focus(visit):
    phone = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open()
    phone.create(text("One"), text("Two"), text(""))
    for above, below in (("One", ".written"), ("Two", ".pen")):
        phone.cell(above).focus()
        expect(phone.cell(above).get_by_test_id("cell-remove")).to_be_visible()
        target = phone.cell(above).locator(f"+ .cell {below}").bounding_box()
        phone.page.touchscreen.tap(target["x"] + 5, target["y"] + target["height"] / 2)
        expect(phone.cell(above).locator("+ .cell .field-text:visible")).to_be_focused()
        phone.page.keyboard.press("Escape")


def test_a_click_that_leaves_a_text_reaches_what_stands_below_its_field(three):
    field = three.edit(three.cell("One"))
    field.fill("One more")
    words = three.cell("Two").locator(".written").bounding_box()
    three.page.mouse.click(words["x"] + 5, words["y"] + words["height"] / 2)
    expect(three.cells.nth(1).locator(".field-text:visible")).to_be_focused()
    expect(three.cells.first.locator(".field-text:visible")).to_have_count(0)
    expect(three.cells.first.locator(".written")).to_have_text("One more")
    three.expect_saved()


def test_what_was_removed_comes_back_by_undo_and_by_the_keyboard(three):
    three.cell("Two").focus()
    three.page.keyboard.press("Delete")
    expect(three.cells).to_have_count(2)
    expect(three.cell("Three")).to_be_focused()
    three.expect_saved()
    three.page.keyboard.press("Control+z")
    expect(three.cells).to_have_count(3)
    assert three.texts() == ["One", "Two", "Three"]
    three.page.keyboard.press("Control+Shift+z")
    expect(three.cells).to_have_count(2)
    three.click("undo")
    expect(three.cells).to_have_count(3)
    three.expect_saved()
    three.page.reload()
    expect(three.cells).to_have_count(3)
    assert three.texts() == ["One", "Two", "Three"]


def test_letters_of_one_text_are_undone_together_but_not_in_the_field(three):
    field = three.edit(three.cell("One"))
    three.page.keyboard.type(" and a half")
    three.page.keyboard.press("Control+z")  # the field's own
    expect(field).to_be_visible()
    three.page.keyboard.type("!")
    three.page.keyboard.press("Escape")
    expect(three.cells.first).to_contain_text("!")
    three.page.keyboard.press("Control+z")
    expect(three.cells.first.locator(".written")).to_have_text("One")


def test_each_kind_of_cell_is_added_below_another(notebook):
    notebook.create(text("One"), text("Two"))
    notebook.cell("One").focus()
    notebook.cell("One").get_by_test_id("cell-add").click()
    notebook.cell("One").get_by_test_id("add-heading").click()
    notebook.page.keyboard.type("Between")
    notebook.page.keyboard.press("Enter")
    assert notebook.texts() == ["One", "Between", "Two"]
    for kind, choice in (("derived", "The saved networks"), ("slot", "LeNet-5: curves")):
        notebook.page.locator(".sheet-end").get_by_test_id(f"add-{kind}").click()
        notebook.page.locator(".sheet-end").get_by_role("button", name=choice).click()
    types = notebook.cells.evaluate_all("cells => cells.map(cell => cell.dataset.type)")
    assert types == ["text", "heading", "text", "derived", "slot"]
    notebook.expect_saved()


def test_cells_are_found_by_their_words_and_by_captions(notebook):
    notebook.create(text("The circle"), text("The spiral"))
    notebook.pin(pin("pin-00001", dataset="xor"))
    notebook.page.reload()
    expect(notebook.cells).to_have_count(3)
    notebook.page.keyboard.press("Control+Shift+f")
    notebook.page.keyboard.type("SPIRAL")
    expect(notebook.get("find-count")).to_have_text("1 cell found")
    expect(notebook.page.locator(".cell:visible")).to_have_text([re.compile("The spiral")])
    notebook.get("find").fill("caption of")
    expect(notebook.page.locator(".cell:visible")).to_have_attribute("data-type", "pin")
    notebook.page.keyboard.press("Escape")
    expect(notebook.page.locator(".cell:visible")).to_have_count(3)


def test_rows_of_a_table_that_makes_itself_are_found(notebook):
    name = notebook.create(text("Before"), {"type": "derived", "of": "runs"})
    for number, rate in ((1, 0.1), (2, 0.375)):
        notebook.pin(pin(f"pin-0000{number}", run=f"/#seed={number}", learningRate=rate))
    notebook.see(name)
    notebook.get("find").fill("0.375")
    expect(notebook.get("find-count")).to_have_text("1 cell found")
    expect(notebook.page.locator(".cell:visible")).to_have_attribute("data-type", "derived")


def test_a_caption_that_wrote_itself_is_there_to_be_changed_and_stays_its_own_where_it_was_not(notebook):
    def kept():
        return notebook.ask(f"/notebooks/{name}")["cells"][0]["cell"].get("caption", "")

    name = notebook.create()
    notebook.pin(pin("pin-00001"))
    notebook.page.reload()
    caption = notebook.get("cell-caption")
    caption.locator(".written").click()
    expect(notebook.get("cell-caption-field")).to_have_value("Caption of pin-00001")
    notebook.page.keyboard.press("Escape")
    expect(caption.locator(".written")).to_have_text("Caption of pin-00001")
    expect(caption.locator(".written")).to_have_class(re.compile("muted"))
    notebook.expect_saved()
    assert kept() == ""
    caption.locator(".written").click()
    notebook.page.keyboard.type(", a good one")
    notebook.page.keyboard.press("Enter")
    expect(caption.locator(".written")).to_have_text("Caption of pin-00001, a good one")
    notebook.expect_saved()
    assert kept() == "Caption of pin-00001, a good one"
    caption.locator(".written").click()
    notebook.get("cell-caption-field").fill("")
    notebook.page.keyboard.press("Enter")
    expect(caption.locator(".written")).to_have_text("Caption of pin-00001")
    notebook.expect_saved()
    assert kept() == ""


def test_a_slot_is_filled_with_the_newest_or_a_chosen_pin_and_gives_it_back(notebook):
    slot = {"type": "slot", "view": "playground.map", "hint": "A map, please"}
    name = notebook.create(text("Above"))
    for number in (1, 2):
        notebook.pin(pin(f"pin-0000{number}"))
    changes = [{"id": "slot-0001", "base": 0, "place": "000V", "cell": slot}]
    notebook.ask(f"/notebooks/{name}/changes", {"changes": changes})
    notebook.page.reload()
    first = notebook.cells.first
    expect(first).to_contain_text("A map, please")
    first.get_by_test_id("fill-newest").click()
    expect(first).to_have_attribute("data-type", "pin")
    expect(first).to_contain_text("Caption of pin-00002")
    expect(first).to_contain_text("Figure 1")
    expect(first.get_by_test_id("open-again")).to_have_attribute("href", "/#seed=1")
    picture = first.locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 400
    first.get_by_test_id("cell-release").click()
    expect(first).to_have_attribute("data-type", "slot")
    expect(first).to_be_focused()
    first.get_by_test_id("choose-pin").click()
    first.locator('[data-pin="pin-00001"]').click()
    expect(first).to_contain_text("Caption of pin-00001")
    notebook.expect_saved()


def test_a_pin_that_is_taken_out_of_its_slot_stands_below_with_its_note_and_can_be_chosen_again(notebook):
    slot = {"type": "slot", "view": "playground.map", "where": {"data": "circle"}, "hint": "A map, please"}
    name = notebook.create(slot, text("Below"))
    notebook.pin(pin(data="circle"))
    notebook.see(name)
    filled = notebook.cells.first
    expect(filled).to_have_attribute("data-type", "pin")
    filled.get_by_test_id("cell-note").get_by_role("button").click()
    notebook.page.keyboard.type("what I saw")
    notebook.page.keyboard.press("Escape")
    filled.get_by_test_id("cell-release").click()
    expect(notebook.cells).to_have_count(3)
    expect(notebook.cells.nth(0)).to_have_attribute("data-type", "slot")
    expect(notebook.cells.nth(1)).to_contain_text("what I saw")
    notebook.expect_saved()
    notebook.page.reload()
    expect(notebook.cells.nth(1)).to_contain_text("what I saw")
    notebook.cells.first.get_by_test_id("choose-pin").click()
    notebook.cells.first.locator('[data-pin="pin-0001"]').click()
    expect(notebook.cells.first).to_contain_text("Caption of pin-0001")
    notebook.expect_saved()


def test_a_table_of_runs_is_sorted_by_its_heads(notebook):
    notebook.create({"type": "derived", "of": "runs"})
    for number in (1, 2, 3):
        notebook.pin(pin(f"pin-0000{number}", run=f"/#seed={number}", learningRate=0.1 * (number % 3 + 1)))
    notebook.page.reload()
    table = notebook.cells.first.locator("table")
    expect(table.locator("tbody tr")).to_have_count(3)
    column = notebook.get("derived-sort-learningRate")
    column.click()
    expect(table.locator("th[aria-sort=ascending]")).to_contain_text("LEARNINGRATE")
    expect(column).to_be_focused()
    column.click()
    expect(table.locator("th[aria-sort=descending]")).to_contain_text("LEARNINGRATE")


def test_what_makes_itself_follows_the_language_of_the_page(notebook):
    name = notebook.create({"type": "derived", "of": "accuracy"}, {"type": "derived", "of": "runs", "tab": "lenet"})
    notebook.pin(lenet_pin())
    notebook.see(name)
    expect(notebook.cells.first).to_contain_text("reaches an accuracy of 0.982")
    expect(notebook.cells.nth(1).locator("th").first).to_have_text("No.")
    notebook.click("lang-switch")
    expect(notebook.cells.first).to_contain_text("准确率")
    expect(notebook.cells.nth(1).locator("th").first).to_have_text("序号")
    notebook.click("lang-switch")
    expect(notebook.cells.first).to_contain_text("reaches an accuracy of 0.982")


def test_the_sentence_with_the_accuracy_writes_itself(notebook):
    notebook.create({"type": "derived", "of": "accuracy"})
    notebook.pin(lenet_pin())
    notebook.page.reload()
    expect(notebook.cells.first).to_contain_text("0.982")


def test_a_picture_is_brought_by_a_file_and_by_pasting(notebook, tmp_path):
    from PIL import Image

    Image.new("RGB", (300, 200), "teal").save(tmp_path / "photo.png")
    notebook.create(text("One"))
    notebook.page.locator(".sheet-end").get_by_test_id("picture-file").set_input_files(tmp_path / "photo.png")
    expect(notebook.page.locator(".own-picture")).to_have_count(1)
    notebook.cell("One").focus()
    notebook.page.evaluate("""async () => {
      const image = await (await fetch(document.querySelector('.own-picture').src)).blob();
      const data = new DataTransfer();
      data.items.add(new File([image], 'a.png', {type: 'image/png'}));
      const pasted = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
      document.activeElement.dispatchEvent(pasted);
    }""")
    expect(notebook.page.locator(".own-picture")).to_have_count(2)
    types = notebook.cells.evaluate_all("cells => cells.map(cell => cell.dataset.type)")
    assert types == ["text", "picture", "picture"]
    notebook.expect_saved()


def test_why_a_picture_is_refused_stays_until_another_reason_comes_or_the_next_is_tried(notebook, tmp_path):
    from PIL import Image

    Image.new("RGB", (300, 200), "teal").save(tmp_path / "photo.png")
    (tmp_path / "broken.png").write_bytes((tmp_path / "photo.png").read_bytes()[:60])
    (tmp_path / "none.txt").write_text("none")
    notebook.create(text("One"))
    page, said = notebook.page, notebook.page.get_by_test_id("notice-picture")

    def bring(*names):
        page.locator(".sheet-end").get_by_test_id("picture-file").set_input_files([tmp_path / name for name in names])

    bring("none.txt")
    expect(said).to_contain_text("Only pictures can be put here.")
    bring("broken.png", "photo.png")
    expect(page.locator(".own-picture")).to_have_count(1)
    expect(said).to_contain_text("This picture cannot be read.")  # though the server took the next one
    page.route("**/pictures", lambda route: route.abort())
    bring("photo.png")
    expect(page.get_by_test_id("notice-failure")).to_be_visible()
    expect(said).to_have_count(0)
    page.unroute("**/pictures")
    bring("none.txt")
    expect(said).to_be_visible()
    expect(page.get_by_test_id("notice-failure")).to_have_count(0)
    bring("photo.png")
    expect(page.locator(".own-picture")).to_have_count(2)
    expect(said).to_have_count(0)


def test_a_picture_that_did_not_come_is_asked_for_again(notebook):
    notebook.create(text("One"))
    notebook.pin(pin())
    refused = []

    def busy_at_first(route):
        if len(refused) < 2:
            refused.append(route.request.url)
            route.fulfill(status=503, json={"code": "press-busy", "values": {}, "error": "busy"})
        else:
            route.fallback()

    notebook.page.route("**/picture.png*", busy_at_first)
    notebook.page.reload()
    picture = notebook.cells.last.locator("img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 480)
    assert len(refused) == 2


def test_a_picture_that_a_class_has_to_wait_for_is_asked_for_every_few_seconds_for_minutes(notebook):
    notebook.create(text("One"))
    notebook.pin(pin())
    page, picture, refused = notebook.page, notebook.cells.last.locator("img"), []

    def busy(route):
        refused.append(route.request.url)
        route.fulfill(status=503, json={"code": "press-busy"})

    def asked(times):
        page.clock.run_for(8000)
        return len(refused) >= times

    page.route("**/picture.png*", busy)
    page.clock.install()
    page.reload()
    picture.scroll_into_view_if_needed()
    wait_until(lambda: asked(12), 60, "it is asked for again and again")
    page.unroute("**/picture.png*")
    wait_until(lambda: page.clock.run_for(8000) or picture.evaluate("img => img.naturalWidth") == 480, 30, "it came")
