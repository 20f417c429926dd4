"""Own data from a file: whatever people have, chosen, dropped or pasted; what becomes points, what is said of it."""

import io
import json
import random
import re
import struct
import zipfile

import pytest
from playwright.sync_api import expect

from playground import link
from support.playground_page import PLAIN

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SERIOUS = ("serious", "critical")
RUN_AXE = """async () => (await axe.run("[data-testid=file-dialog]", {resultTypes: ["violations"]})).violations
  .map(({id, impact, nodes}) => ({id, impact, where: nodes.map(({target}) => target.join(" ")).slice(0, 5)}))"""
DROP = """(dialog, [name, text]) => {
  const data = new DataTransfer();
  if (name) data.items.add(new File([text], name));
  else data.setData("text/plain", text);
  const event = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const type of ["dragover", "drop"]) dialog.dispatchEvent(new DragEvent(type, event));
}"""
PASTE = """(element, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
KINDS = ["setosa", "versicolor", "virginica"]


def flowers(
    count=150, separator=",", decimal=".", head=("sepal length (cm)", "petal width (cm)", "species"), kinds=KINDS
):
    draw = random.Random(3)
    rows = [
        [f"{draw.gauss(2 * (at % 3), 1):.2f}", f"{draw.gauss(at % 3, 1):.2f}", kinds[at % 3]] for at in range(count)
    ]
    numbers = [[cell.replace(".", decimal) if at < 2 else cell for at, cell in enumerate(row)] for row in rows]
    return "".join(separator.join(row) + "\r\n" for row in [list(head), *numbers])


def workbook(sheets):
    """An XLSX file: {name: rows}, texts as shared strings, every other one as an inline string."""
    strings: list[str] = []

    def cell(value, place):
        if value is None:
            return ""
        if isinstance(value, str) and value.startswith("="):
            return f'<c r="{place}"><f>{value[1:]}</f><v>42</v></c>'
        if isinstance(value, str) and len(strings) % 2:
            strings.append("")
            return f'<c r="{place}" t="inlineStr"><is><r><t>{value[:1]}</t></r><r><t>{value[1:]}</t></r></is></c>'
        if isinstance(value, str):
            strings.append(value)
            return f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'
        return f'<c r="{place}"><v>{value!r}</v></c>'

    def sheet(rows):
        body = "".join(
            f'<row r="{y}">' + "".join(cell(value, f"{chr(65 + x)}{y}") for x, value in enumerate(row)) + "</row>"
            for y, row in enumerate(rows, 1)
        )
        return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'

    parts = {f"xl/worksheets/sheet{at}.xml": sheet(rows) for at, rows in enumerate(sheets.values(), 1)}
    shared = "".join(f"<si><t>{text}</t><rPh><t>not read</t></rPh></si>" for text in strings)
    parts["xl/sharedStrings.xml"] = f"<sst>{shared}</sst>"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    named = "".join(f'<sheet name="{name}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1))
    parts["xl/workbook.xml"] = f'<workbook xmlns:r="{relation}"><sheets>{named}</sheets></workbook>'
    targets = "".join(
        f'<Relationship Id="r{at}" Target="worksheets/sheet{at}.xml"/>' for at in range(1, len(sheets) + 1)
    )
    parts["xl/_rels/workbook.xml.rels"] = f"<Relationships>{targets}</Relationships>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


class Dialog:
    """The dialog of a page, and what is sent when its points are used."""

    def __init__(self, playground):
        self.playground = playground
        self.sent = []
        playground.page.route("**/api/playground/data", self._answer)

    def _answer(self, route):
        self.sent.append(route.request.post_data_buffer)
        body = {"address": "sha256-" + "A" * 32, "points": 0, "classes": 0}
        route.fulfill(status=201, content_type="application/json", body=json.dumps(body))

    def open(self):
        if self.get("datasets-more").get_attribute("aria-expanded") == "false":
            self.playground.click("datasets-more")
        self.playground.click("own-file")
        expect(self.get("file-dialog")).to_be_visible()
        return self

    def get(self, testid):
        return self.playground.get(testid)

    def give(self, content, name="points.csv"):
        data = content.encode() if isinstance(content, str) else content
        self.get("file-input").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})

    def expect_found(self, text):
        expect(self.get("file-found")).to_have_text(re.compile(text))
        expect(self.get("file-fault")).to_be_empty()

    def expect_chosen(self, x, y, label):
        for testid, name in (("file-x", x), ("file-y", y), ("file-label", label)):
            expect(self.get(testid).locator("option:checked")).to_have_text(name)

    def notes(self):
        return self.get("file-notes").inner_text()


@pytest.fixture
def dialog(visit):
    return Dialog(visit()).open()


def unpacked(data):
    """(classes, names and scale, x, y, labels) of a point set in its binary form."""
    form, classes, count, length = struct.unpack_from("<BBHH", data)
    assert form == 1
    at = 6 + length
    x, y = (struct.unpack_from(f"<{count}f", data, at + 4 * count * axis) for axis in (0, 1))
    labels = data[at + 8 * count :] if classes else struct.unpack_from(f"<{count}f", data, at + 8 * count)
    return classes, json.loads(data[6:at]), x, y, list(labels)


def test_a_first_time_student_sees_the_originals_controls_and_no_button_for_files(visit):
    playground = visit()
    expect(playground.get("own-file")).to_be_hidden()
    assert not playground.page.evaluate("Boolean(window.Papa)")


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-16-be", "UTF-16 BE"),
        ("gb18030", "GB18030"),
    ],
)  # fmt: skip
def test_a_file_from_china_is_read_in_every_encoding(dialog, encoding, named):
    text = flowers(head=("花瓣长度（厘米）", "花瓣宽度", "品种"), kinds=["山鸢尾", "变色鸢尾", "维吉尼亚鸢尾"])
    dialog.give(text.encode(encoding), "花.csv")
    dialog.expect_found(f"花.csv: 150 rows, 3 columns, as {named}")
    dialog.expect_chosen("花瓣长度（厘米）", "花瓣宽度", "品种")
    expect(dialog.get("file-legend")).to_contain_text("维吉尼亚鸢尾 (50)")


def test_a_file_that_was_taken_for_another_encoding_is_read_in_the_one_that_is_chosen(dialog):
    dialog.give(flowers(head=("длина", "ширина", "вид")).encode("gb18030"))
    dialog.get("file-encoding").select_option("windows-1252")
    dialog.expect_found("as Latin-1")
    dialog.get("file-encoding").select_option("gb18030")
    dialog.expect_found("as GB18030")
    dialog.expect_chosen("длина", "ширина", "вид")


def test_a_german_file_has_semicolons_decimal_commas_and_umlauts_in_latin_1(dialog):
    text = flowers(separator=";", decimal=",", head=("Größe", "Breite", "Art"))
    dialog.give(text.encode("latin-1"))
    dialog.expect_found("as Latin-1")
    dialog.expect_chosen("Größe", "Breite", "Art")
    expect(dialog.get("file-separator")).to_have_value("semicolon")
    expect(dialog.get("file-decimal")).to_have_value("comma")
    dialog.get("file-decimal").select_option("point")  # then they are no numbers
    expect(dialog.get("file-choice-fault")).to_have_text(
        "No two columns can be x and a label: x needs a column of numbers."
    )
    expect(dialog.get("file-use")).to_be_disabled()
    dialog.get("file-decimal").select_option("comma")
    expect(dialog.get("file-use")).to_be_enabled()
    dialog.get("file-separator").select_option("tab")
    expect(dialog.get("file-choice-fault")).to_contain_text("There is only one column.")
    dialog.get("file-separator").select_option("semicolon")
    dialog.expect_chosen("Größe", "Breite", "Art")


def test_a_workbook_is_read_sheet_by_sheet(dialog):
    draw = random.Random(5)
    rows = [[draw.random(), draw.random() * 1e6, "ab"[at % 2]] for at in range(20)]
    sheets = {"Empty": [], "Notes": [["nothing here"]], "Data": [["width", None, "kind"], *rows, [None, 1.5, "=1+1"]]}
    dialog.give(workbook(sheets), "book.xlsx")
    expect(dialog.get("file-sheet").locator("option")).to_have_text(["Empty", "Notes", "Data"])
    expect(dialog.get("file-sheet").locator("option:checked")).to_have_text("Notes")
    expect(dialog.get("file-separator")).to_be_hidden()
    expect(dialog.get("file-choice-fault")).to_contain_text("There is only one column.")
    dialog.get("file-sheet").select_option("Data")
    dialog.expect_found("book.xlsx: 21 rows, 3 columns")
    dialog.expect_chosen("width", "B", "kind")
    expect(dialog.get("file-legend")).to_have_text(re.compile(r"a \(10\).*b \(10\)"))
    assert "1 row is left out, where x or y is missing (row 22)." in dialog.notes()


def test_what_is_copied_from_a_spreadsheet_is_pasted_anywhere_and_typed_too(dialog):
    table = flowers(30, separator="\t")
    dialog.get("file-choose").evaluate(PASTE, table)
    dialog.expect_found("What was pasted: 30 rows, 3 columns")
    expect(dialog.get("file-separator")).to_have_value("tab")
    dialog.get("file-paste").fill("x y z\n" + "".join(f"{at} {at * at % 7} {at % 2}\n" for at in range(12)))
    dialog.expect_found("What was pasted: 12 rows, 3 columns")
    dialog.expect_chosen("x", "y", "z")
    expect(dialog.get("file-legend")).to_have_text(re.compile(r"0 \(6\).*1 \(6\)"))


def test_a_file_is_dropped(dialog):
    dialog.get("file-dialog").evaluate(DROP, ["dropped.csv", flowers(60)])
    dialog.expect_found("dropped.csv: 60 rows")
    dialog.get("file-dialog").evaluate(DROP, [None, flowers(30)])
    dialog.expect_found("What was pasted: 30 rows")


BAD_FILES = {
    "x.csv": (b"", "x.csv: there is nothing in it."),
    "x.png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "x.png is a picture and no table."),
    "x.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "x.xls is an old workbook (.xls)"),
    "x.docx": (b"PK\x03\x04" + bytes(100), "x.docx is a workbook that cannot be read."),
    "x.pdf": (b"%PDF-1.7\n", "x.pdf is a PDF and no table."),
    "x.html": (b"<!doctype html><p>Log in", "x.html is a web page and no table."),
    "x.bin": (bytes(range(256)), "x.bin is no text, so there is no table in it."),
}


def test_what_is_no_table_is_named_and_no_points_of_the_file_before_are_ready_below(dialog):
    dialog.give(flowers())
    dialog.expect_found("points.csv: 150 rows")
    dialog.get("file-x").select_option("petal width (cm)")
    dialog.get("file-y").select_option("sepal length (cm)")
    for name, (content, wanted) in BAD_FILES.items():
        dialog.give(content, name)
        expect(dialog.get("file-fault")).to_contain_text(wanted)
        expect(dialog.get("file-found")).to_be_empty()
        expect(dialog.get("file-preview")).to_be_hidden()
        expect(dialog.get("file-use")).to_be_disabled()
        dialog.give(flowers())
        dialog.expect_found("points.csv: 150 rows")
        dialog.expect_chosen("petal width (cm)", "sepal length (cm)", "species")
        expect(dialog.get("file-use")).to_be_enabled()
    dialog.give(flowers(90), "other.csv")  # of the same columns: they stay chosen
    dialog.expect_found("other.csv: 90 rows")
    dialog.expect_chosen("petal width (cm)", "sepal length (cm)", "species")


def test_a_column_with_one_class_is_said_to_be_no_label(dialog):
    dialog.give("a,b,c\n" + "".join(f"{at / 7},{at * at % 11 / 3},k\n" for at in range(20)))
    dialog.expect_found("20 rows, 3 columns")
    said = "Column “c” has one class only: it is no label, as at least two classes are needed."
    assert said in dialog.notes()
    dialog.give("a,c\n" + "".join(f"{at / 7},k\n" for at in range(20)))
    expect(dialog.get("file-notes")).to_have_text(said)
    dialog.give(flowers())
    dialog.expect_found("150 rows")
    assert "one class only" not in dialog.notes()


def test_an_archive_that_is_no_workbook_and_one_that_unpacks_to_too_much(dialog):
    def archive(parts):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
            for name, content in parts.items():
                written.writestr(name, content)
        return file.getvalue()

    dialog.give(archive({"word/document.xml": "<w/>"}), "x.docx")
    expect(dialog.get("file-fault")).to_contain_text("x.docx is an archive or a document and no table.")
    dialog.give(archive({"xl/workbook.xml": " " * 70_000_000, "xl/_rels/workbook.xml.rels": "<r/>"}), "bomb.xlsx")
    expect(dialog.get("file-fault")).to_contain_text("bomb.xlsx is too large when it is unpacked.")
    dialog.give(archive({"xl/workbook.xml": "<broken", "xl/_rels/workbook.xml.rels": "<r/>"}), "x.xlsx")
    expect(dialog.get("file-fault")).to_contain_text("x.xlsx is a workbook that cannot be read.")


@pytest.mark.parametrize(
    ("locale", "said"),
    [("en", "big.csv has 100 MB. Up to 20 MB are read here."), ("zh-CN", "big.csv 有 100 MB，这里最多读取 20 MB。")],
)
def test_a_file_of_100_mb_is_refused_before_it_is_read(visit, tmp_path, locale, said):
    dialog = Dialog(visit(locale=locale)).open()
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(100_000_000)
    dialog.playground.page.evaluate("() => { File.prototype.arrayBuffer = () => { throw new Error('read'); }; }")
    dialog.get("file-input").set_input_files(tmp_path / "big.csv")
    expect(dialog.get("file-fault")).to_contain_text(said)


def test_names_are_texts_whatever_they_hold(dialog):
    nasty = '<img src=x onerror="document.title=1">'
    text = flowers(
        30, separator="\t", head=(nasty, "y" * 80, "<b>k</b>"), kinds=["<script>", "=cmd|' /c calc'!A0", "&amp;"]
    )
    dialog.give(text)
    dialog.expect_chosen(nasty, "y" * 39 + "…", "<b>k</b>")
    for kind in ("<script> (10)", "=cmd|' /c calc'!A0 (10)", "&amp; (10)"):
        expect(dialog.get("file-legend")).to_contain_text(kind)
    expect(dialog.get("file-preview").locator("img, b")).to_have_count(0)
    assert dialog.playground.page.title() == "Playground · Playlab"


def test_rows_that_are_left_out_are_counted_by_their_reason_in_both_languages(dialog):
    dialog.give(flowers(30) + ",1,setosa\r\n1,=1+1,setosa\r\n1e300,1,setosa\r\ninf,1,setosa\r\n1,1,\r\n")
    dialog.expect_found("35 rows")
    for said in (
        "30 points of 3 classes.",
        "1 row is left out, where x or y is missing (row 32).",
        "1 row is left out, where a number is needed and there is none (row 33).",
        "2 rows are left out, where a number is infinite or larger than 32 bits can hold (row 34, 35).",
        "1 row is left out, where the label is missing (row 36).",
    ):
        assert said in dialog.notes()
    assert re.search(r"“sepal length \(cm\)”: −?[\d.]+ to [\d.]+ become −5 to 5 in the plane\.", dialog.notes())
    dialog.playground.get("lang-switch").dispatch_event("click")
    assert "略去 2 行：数值为无穷大，或超出 32 位浮点数的范围（第 34, 35 行）。" in dialog.notes()


FEW = {
    "Too few points: 9. At least 10 are needed.": flowers(9),
    "All points are of the class “setosa”. At least two classes are needed.": flowers(kinds=["setosa"] * 3),
    "There is only one column.": "x\n" + "".join(f"{at}\n" for at in range(20)),
    "All points lie at the same place": "x,y,k\n" + "".join(f"1,2,{'ab'[at % 2]}\n" for at in range(20)),
    "No two columns can be x and a label": "a,b\n" + "".join(f"t{at},u{at}\n" for at in range(20)),
}


def test_what_gives_no_points_says_why(dialog):
    for said, text in FEW.items():
        dialog.give(text)
        expect(dialog.get("file-choice-fault")).to_contain_text(said)
        expect(dialog.get("file-use")).to_be_disabled()


def test_too_many_rows_and_classes_are_cut_down_and_it_is_said(dialog):
    rows = "".join(f"{at},{at * 7 % 1000},k{at % 8}\n" for at in range(12_000))
    dialog.give("x,y,kind\n" + rows)
    expect(dialog.get("file-legend").locator("li")).to_have_count(6)
    assert "5,000 points of 6 classes." in dialog.notes()
    assert "Of 9,000 points 5,000 are taken, the most there may be: evenly spread over the rows." in dialog.notes()
    assert "“kind” has 8 classes. The 6 most frequent are taken, the most there may be." in dialog.notes()


def test_only_the_chosen_columns_leave_the_browser_and_every_point_with_them(dialog):
    text = "name,secret,x,y,kind\n" + "".join(
        f"Ann{at},s3cret{at},{at / 8},{at * at},{'ab'[at % 2]}\n" for at in range(160)
    )
    dialog.give(text)
    dialog.expect_chosen("x", "y", "kind")
    dialog.get("file-use").click()
    expect(dialog.get("file-dialog")).to_be_hidden()
    [sent] = dialog.sent
    classes, header, x, y, labels = unpacked(sent)
    assert classes == 2
    assert header == [["x", 9.9375, 1.9875], ["y", 12640.5, 2528.1], ["kind", 0, 1], ["a", "b"]]
    assert list(x) == [at / 8 for at in range(160)]
    assert list(y) == [at * at for at in range(160)]
    assert labels == [at % 2 for at in range(160)]
    assert b"Ann" not in sent
    assert b"cret" not in sent


def test_a_number_to_predict_makes_a_regression(dialog):
    dialog.give("weight,power,use\n" + "".join(f"{900 + at * 7},{at * 31 % 100},{at % 9}\n" for at in range(160)))
    dialog.expect_chosen("weight", "power", "use")
    expect(dialog.get("file-kind")).to_have_value("value")
    dialog.get("file-kind").select_option("classes")
    assert "“use” has 9 classes." in dialog.notes()
    dialog.get("file-kind").select_option("value")
    assert "“use”: 0 to 8 become −1 to 1, which the network learns." in dialog.notes()
    dialog.get("file-y").select_option("")
    assert "Without y the points lie on a line." in dialog.notes()
    dialog.get("file-use").click()
    expect(dialog.get("file-dialog")).to_be_hidden()
    classes, header, _, y, labels = unpacked(dialog.sent[0])
    assert (classes, header[1], header[2]) == (0, ["", 0, 1], ["use", 4, 4])
    assert set(y) == {0}
    assert labels == [at % 9 for at in range(160)]


def test_where_the_server_does_not_take_the_points_all_stays_as_it_was(dialog):
    dialog.playground.page.route("**/api/playground/data", lambda route: route.abort())
    dialog.give(flowers(600))
    dialog.get("file-use").click()
    expect(dialog.get("file-choice-fault")).to_contain_text("The server cannot be reached: nothing was changed")
    refusal = {"error": "too many requests at once", "code": "too-fast", "field": None, "values": {}}
    dialog.playground.page.route(
        "**/api/playground/data",
        lambda route: route.fulfill(status=429, content_type="application/json", body=json.dumps(refusal)),
    )
    dialog.get("file-use").click()
    expect(dialog.get("file-choice-fault")).to_contain_text("Too many commands at once")
    dialog.expect_found("points.csv: 600 rows")
    expect(dialog.get("file-use")).to_be_enabled()


def test_the_server_keeps_the_points_and_gives_them_again(dialog):
    page = dialog.playground.page
    page.unroute("**/api/playground/data")
    dialog.give(flowers(600))
    with page.expect_response("**/api/playground/data") as answer:
        dialog.get("file-use").click()
    told = answer.value.json()
    assert (answer.value.status, told["points"], told["classes"]) == (201, 600, 3)
    kept = page.request.get(f"{dialog.playground.url}/api/playground/data/{told['address']}")
    assert kept.body() == answer.value.request.post_data_buffer


def test_the_sample_file_is_read_back(dialog, tmp_path):
    with dialog.playground.page.expect_download() as download:
        dialog.get("file-sample").click()
    assert download.value.suggested_filename == "playlab_points.csv"
    download.value.save_as(tmp_path / "sample.csv")
    dialog.get("file-input").set_input_files(tmp_path / "sample.csv")
    dialog.expect_chosen("area (m²)", "age (years)", "kind")
    expect(dialog.get("file-legend")).to_have_text(re.compile(r"flat \(20\).*house \(20\)"))


def test_a_part_of_the_page_that_does_not_load_is_asked_for_again(visit):
    playground = visit()
    playground.page.route("**/papaparse.min.js*", lambda route: route.abort())
    dialog = Dialog(playground).open()
    dialog.give(flowers(30))
    expect(dialog.get("file-fault")).to_contain_text("a part of this page did not load")
    playground.page.unroute("**/papaparse.min.js*")
    dialog.give(flowers(30))
    dialog.expect_found("points.csv: 30 rows")


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_by_keyboard_alone(visit, locale):
    playground = visit(locale=locale)
    press = playground.page.keyboard.press
    dialog = Dialog(playground)
    playground.get("datasets-more").focus()
    press("Enter")
    playground.get("own-file").focus()
    press("Enter")
    expect(dialog.get("file-choose")).to_be_focused()
    press("Tab")
    press("Tab")
    expect(dialog.get("file-paste")).to_be_focused()
    playground.page.keyboard.insert_text(flowers(200, separator="\t"))
    expect(dialog.get("file-use")).to_be_enabled()
    dialog.get("file-y").focus()
    press("ArrowDown")
    expect(dialog.get("file-y")).to_have_value("")
    dialog.get("file-use").focus()
    press("Enter")
    expect(dialog.get("file-dialog")).to_be_hidden()
    assert len(dialog.sent) == 1
    expect(playground.get("own-file")).to_be_focused()


def test_axe_finds_nothing_serious_in_any_theme_or_language(visit, axe):
    playground = visit()
    playground.page.evaluate(axe)
    dialog = Dialog(playground).open()
    dialog.give(flowers(30) + "1,=1+1,setosa\r\n")
    expect(dialog.get("file-legend")).to_contain_text("setosa (10)")
    for switch in (None, "lang-switch", "theme-switch"):
        if switch:
            playground.get(switch).dispatch_event("click")  # the dialog lies over it
        assert not [found for found in playground.page.evaluate(RUN_AXE) if found["impact"] in SERIOUS], switch
    dialog.give(b"%PDF-1.7", "x.pdf")
    expect(dialog.get("file-fault")).not_to_be_empty()
    assert not [found for found in playground.page.evaluate(RUN_AXE) if found["impact"] in SERIOUS]


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_all_of_it_fits_and_is_tapped(visit, width):
    phone = visit(**{**PHONE, "viewport": {"width": width, "height": 844}}, locale="zh-CN")
    phone.get("datasets-more").tap()
    phone.get("own-file").tap()
    dialog = Dialog(phone)
    dialog.give(flowers(200, head=("a" * 60, "b", "c")))
    expect(dialog.get("file-use")).to_be_enabled()
    box = dialog.get("file-dialog").evaluate("dialog => [dialog.scrollWidth - dialog.clientWidth, dialog.offsetLeft]")
    assert box[0] == 0
    assert box[1] >= 0
    expect(dialog.get("file-use")).to_be_in_viewport(ratio=1)
    dialog.get("file-use").tap()
    expect(dialog.get("file-dialog")).to_be_hidden()


def test_a_link_that_hides_the_data_sets_hides_the_button(visit):
    playground = visit(f"dataset=moons&dataset_hide=true&{PLAIN}")
    expect(playground.get("own-file")).to_be_hidden()


def test_a_file_of_few_points_is_trained_and_stands_in_the_link(visit):
    playground = visit()
    dialog = Dialog(playground).open()
    dialog.give(flowers(120))
    generation = playground.frame.generation
    dialog.get("file-use").click()
    expect(dialog.get("file-dialog")).to_be_hidden()
    assert dialog.sent == []  # the link has them
    playground.expect_link(dataset="own")
    playground.expect_new_network(generation)
    playground.wait(lambda: sum(map(len, playground.points.values())) == 120, "the points of the file")
    own = link.parse(playground.page.url).own_data
    assert (own.classes, own.count, own.class_names) == (3, 120, tuple(KINDS))
    playground.step()
