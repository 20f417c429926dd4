"""The programs of places, each from the tab whose it is."""

from notebook import programs


def test_each_tab_is_asked_once_for_its_own_places():
    asked = []

    def tab(name):
        def of(places):
            asked.append((name, places))
            return {place: name for place in places if "none" not in place}

        return of

    places = ["/#a", "/lenet#run=1", "/#b", "/#a", "/?x=1#c", "/lenet#none", "/other#d", "/"]
    found = programs.of(places, {"/": tab("playground"), "/lenet": tab("lenet")})
    assert found == {"/#a": "playground", "/#b": "playground", "/?x=1#c": "playground", "/": "playground", "/lenet#run=1": "lenet"}  # fmt: skip  # noqa: E501
    assert asked == [("playground", ["/#a", "/#b", "/?x=1#c", "/"]), ("lenet", ["/lenet#run=1", "/lenet#none"])]
