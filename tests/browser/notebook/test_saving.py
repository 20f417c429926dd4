"""Nothing that was typed is lost: a reload, a server that is away, two tabs that change the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from support.notebook_page import NotebookPage, NotebookServer
from support.pins import pin
from support.playground_page import Playground
from support.processes import wait_until


def text(words):
    return {"type": "text", "text": words}


@pytest.fixture
def fragile(tmp_path):
    """A server that a test may stop and start again."""
    server = NotebookServer(tmp_path)
    yield server
    server.kill()


def beside(notebook):
    """Another tab of the same browser."""
    page = notebook.page.context.new_page()
    page.set_default_timeout(20_000)
    return NotebookPage(page, notebook.url)


def test_what_was_just_typed_outlives_a_reload(notebook):
    name = notebook.create(text("One"))
    notebook.page.route("**/changes", lambda route: route.abort())
    notebook.edit(notebook.cell("One"))
    notebook.page.keyboard.type(" and more")
    expect(notebook.get("save-state")).to_have_text("Not connected: kept in this browser")
    notebook.page.unroute("**/changes")
    notebook.page.reload()
    expect(notebook.cells.first).to_contain_text("One and more")
    notebook.expect_saved()
    wait_until(lambda: notebook.kept(name) == ["One and more"])


def test_nothing_is_lost_while_the_server_is_away(visit, fragile):
    notebook = visit(at=fragile.url).open()
    name = notebook.create(text("One"), text("Two"))
    notebook.edit(notebook.cell("One"))
    notebook.page.keyboard.type(", before")
    notebook.expect_saved()
    fragile.kill()
    notebook.page.keyboard.type(", during")
    expect(notebook.get("save-state")).to_have_text("Not connected: kept in this browser")
    notebook.page.keyboard.press("Escape")
    notebook.cell("Two").focus()
    notebook.page.keyboard.press("Alt+ArrowUp")
    notebook.page.locator(".sheet-end").get_by_test_id("add-text").click()
    notebook.page.keyboard.type("Three, **offline**")
    notebook.page.keyboard.press("Escape")
    expect(notebook.cells.last).to_contain_text("**offline**")  # plain, as long as the server has not made it
    fragile.start()
    notebook.expect_saved()
    assert notebook.kept(name) == ["Two", "One, before, during", "Three, **offline**"]
    expect(notebook.cells.last.locator("strong")).to_have_text("offline")


def test_an_answer_that_is_lost_makes_no_second_cell(notebook):
    name = notebook.create(text("One"))
    lost = []

    def lose(route):
        if not lost:
            lost.append(route.fetch())  # the server has it, and the page does not hear so
            route.abort()
        else:
            route.fallback()

    notebook.page.route("**/changes", lose)
    notebook.edit(notebook.cell("One"))
    notebook.page.keyboard.type(" and two")
    expect(notebook.get("save-state")).to_have_text("Not connected: kept in this browser")
    notebook.page.keyboard.type(" and three")
    notebook.expect_saved()
    assert notebook.kept(name) == ["One and two and three"]


def test_two_tabs_show_the_same_and_the_cell_that_is_typed_in_is_left_alone(notebook):
    name = notebook.create(text("One"), text("Two"))
    other = beside(notebook)
    other.see(name)
    field = notebook.edit(notebook.cell("One"))
    notebook.page.keyboard.type(", here")
    expect(other.cells.first).to_contain_text("One, here")
    other.edit(other.cell("Two"))
    other.page.keyboard.type(", there")
    expect(notebook.cells.last).to_contain_text("Two, there")
    expect(field).to_be_focused()
    expect(field).to_have_value("One, here")


def test_two_tabs_that_write_in_one_cell_keep_both_texts(notebook):
    name = notebook.create(text("One"))
    other = beside(notebook)
    other.see(name)
    field = notebook.edit(notebook.cell("One"))
    other.edit(other.cell("One"))
    other.page.keyboard.type(", there")
    wait_until(lambda: notebook.kept(name) == ["One, there"])
    notebook.page.keyboard.type(", here")
    expect(notebook.cells).to_have_count(2)
    expect(field).to_be_focused()
    notebook.page.keyboard.type(", and on")
    expect(notebook.get("cell-word").filter(visible=True)).to_contain_text("in another window")
    notebook.expect_saved()
    assert notebook.kept(name) == ["One, there", "One, here, and on"]


def test_a_pin_of_another_tab_comes_by_itself(notebook):
    notebook.create(text("One"))
    other = beside(notebook)
    other.page.goto(f"{notebook.url}/notebook")
    other.pin(pin())
    other.page.evaluate("new BroadcastChannel('playlab-notebook').postMessage({notebook: '', revision: null})")
    notebook.page.bring_to_front()
    notebook.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(notebook.cells).to_have_count(2)
    expect(notebook.cells.last).to_contain_text("Caption of pin-0001")


def test_what_is_pinned_on_another_tab_comes_by_itself(notebook, notebook_server):
    notebook.create(text("One"))
    other = beside(notebook)
    playground = Playground(other.page, notebook.url)
    other.page.goto(notebook.url)  # whose worker starts when somebody needs it
    notebook_server.wait_warm()
    playground.open("dataset=xor&seed=0.5")
    playground.click("pin-playground.network")
    expect(notebook.cells).to_have_count(2)  # and nobody has come back to that page
    expect(notebook.cells.last).to_contain_text("Exclusive or, network 2-4-2-1, seed 0.5, epoch 0")
    playground.get("pin-note-text").fill("before training")
    other.page.keyboard.press("Enter")
    expect(notebook.cells.last).to_contain_text("before training")


@pytest.mark.parametrize(
    ("locale", "words", "note"),
    [
        ("en-US", "“The map” could not be pinned: the server does not take it.", "The server says: "),
        ("zh-CN", "“The map”没能记入实验记录：服务器没有接受。", "服务器的说明："),
    ],
)
def test_a_pin_that_another_page_left_and_the_server_refuses_is_said_here(visit, locale, words, note):
    notebook = visit(locale=locale).open()
    name = notebook.create(text("One"))
    notebook.leave(pin(view="playground.nothing"))
    notebook.leave(pin("pin-0002"))
    notebook.see(name)
    refusal = notebook.get("notice-pins-refused-pin-0001")
    expect(refusal).to_contain_text(words)
    expect(refusal).to_contain_text(note)
    expect(notebook.cells.last).to_contain_text("Caption of pin-0002")  # which it holds up no longer


def test_pins_that_wait_are_said_and_come_when_the_server_takes_them(notebook):
    name = notebook.create(text("One"))
    notebook.page.route("**/api/notebook/pins", lambda route: route.abort())
    notebook.leave(pin())
    notebook.see(name)
    expect(notebook.get("notice-pins-waiting")).to_contain_text("Not in the notebook yet: 1 pin.")
    notebook.page.unroute("**/api/notebook/pins")
    expect(notebook.cells).to_have_count(2)
    expect(notebook.get("notice-pins-waiting")).to_have_count(0)


def test_the_page_warns_before_a_notebook_ends(notebook):
    name = notebook.create(text("One"))
    [about] = notebook.ask("")["notebooks"]
    days = [(about["deleted_on"] - ahead * 86_400) for ahead in (15, 13)]
    notebook.page.clock.set_fixed_time(days[0])
    notebook.see(name)
    expect(notebook.get("ending")).to_be_hidden()
    notebook.page.clock.set_fixed_time(days[1])
    notebook.see(name)
    expect(notebook.get("ending")).to_contain_text("The server keeps this notebook until")
    expect(notebook.get("notebook-row")).to_contain_text("Kept until")


def test_a_title_is_kept_and_a_deleted_notebook_comes_back(notebook):
    name = notebook.create(text("One"))
    notebook.click("title-pen")
    notebook.get("title-field").fill("My report")
    notebook.page.keyboard.press("Enter")
    expect(notebook.get("notebook-row")).to_contain_text("My report")
    notebook.page.reload()
    expect(notebook.get("title")).to_contain_text("My report")
    notebook.get("delete-notebook").click()
    expect(notebook.get("welcome")).to_be_visible()
    notebook.click("restore")
    expect(notebook.cells).to_have_count(1)
    expect(notebook.page.locator("html")).to_have_attribute("data-open", name)


def test_a_deleted_notebook_is_restored_from_the_list_also_after_a_reload(notebook):
    name = notebook.create(text("One"))
    expect(notebook.get("deleted")).to_be_hidden()
    notebook.click("delete-notebook")
    expect(notebook.get("welcome")).to_be_visible()
    notebook.page.reload()
    notebook.get("deleted").locator("summary").click()
    expect(notebook.page.locator("#export-card")).to_be_hidden()
    row = notebook.get("deleted-row")
    expect(row).to_contain_text("Can be restored until")
    expect(row.get_by_role("button", name=re.compile("^Restore “.+”$"))).to_have_text("Restore")
    notebook.click("bring-back")
    expect(notebook.page.locator("html")).to_have_attribute("data-open", name)
    expect(notebook.cell("One")).to_have_count(1)
    expect(notebook.get("deleted")).to_be_hidden()
    expect(notebook.page.locator("#export-card")).to_be_visible()
    expect(notebook.get("notebook-row")).to_have_count(1)


def typed_into_a_deleted_one(notebook):
    """The names of a notebook that is there, and of one that was deleted elsewhere before somebody typed into it."""
    healthy, name = notebook.create(text("Healthy")), notebook.create(text("One"))
    notebook.ask(f"/notebooks/{name}", method="DELETE")
    notebook.edit(notebook.cell("One"))
    notebook.page.keyboard.type(" and more")
    return healthy, name


def test_what_was_typed_into_a_deleted_notebook_is_offered_and_is_not_said_of_others(notebook):
    healthy, name = typed_into_a_deleted_one(notebook)
    notebook.page.keyboard.press("Escape")
    said = notebook.get(f"notice-gone-{name}")
    expect(said).to_contain_text("One and more")
    expect(notebook.get("save-state")).to_have_text("Not all could be saved")
    notebook.page.reload()
    expect(notebook.page.locator("html")).to_have_attribute("data-open", healthy)
    expect(said).to_contain_text("One and more")
    notebook.expect_saved()
    notebook.click("gone-copy")
    expect(said).to_contain_text("Copied.")
    notebook.click("gone-restore")
    expect(notebook.page.locator("html")).to_have_attribute("data-open", name)
    wait_until(lambda: notebook.kept(name) == ["One and more"])
    expect(said).to_have_count(0)
    notebook.expect_saved()


def test_what_was_typed_into_a_deleted_notebook_can_be_discarded(notebook):
    healthy, name = typed_into_a_deleted_one(notebook)
    notebook.click("gone-discard")
    expect(notebook.page.locator("html")).to_have_attribute("data-open", healthy)
    with notebook.page.expect_response("**/api/notebook"):
        notebook.page.reload()
    expect(notebook.cell("Healthy")).to_have_count(1)
    notebook.expect_saved()
    expect(notebook.get(f"notice-gone-{name}")).to_have_count(0)


def test_a_teacher_reads_what_students_get_of_an_offered_notebook(notebook):
    def as_teacher(route):
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "teacher": True})

    notebook.create(text("One"))
    expect(notebook.get("offer")).to_be_hidden()
    notebook.page.route("**/api/notebook", as_teacher)
    notebook.page.reload()
    expect(notebook.get("offer")).to_be_visible()
    expect(notebook.get("offered")).to_have_accessible_description(re.compile("your own answers too"))


def test_a_recovery_code_opens_the_notebooks_in_another_browser(notebook, visit):
    notebook.create(text("One"))
    notebook.page.locator("#recovery-card summary").click()
    notebook.click("recovery-make")
    code = notebook.get("recovery-code")
    expect(code).not_to_be_empty()
    other = visit().open()
    other.click("elsewhere")
    other.get("recovery-input").fill("0000-0000-0000-0000-0000")
    other.click("recovery-use")
    expect(other.get("recovery-said")).to_contain_text("No notebooks belong to this code")
    other.get("recovery-input").fill(code.inner_text())
    other.click("recovery-use")
    expect(other.cell("One")).to_have_count(1)
    expect(other.get("recovery-said")).to_have_text("1 notebook is here now.")
    other.click("delete-notebook")
    expect(other.get("welcome")).to_be_visible()
    expect(other.get("recovery-said")).to_be_empty()
