"""The programs of places, each from the tab whose it is."""

from notebook import programs


def test_each_tab_is_asked_once_for_its_own_places():
    asked = []

    def tab(name):
        def of(places, told):
            asked.append((name, places))
            told(1.0)
            return {place: None if "late" in place else name for place in places if "none" not in place}

        return of

    places = ["/#a", "/lenet#run=1", "/#b", "/#a", "/?x=1#c", "/lenet#none", "/other#d", "/"]
    told = []
    found, late = programs.of(places, {"/": tab("playground"), "/lenet": tab("lenet")}, told.append)
    assert late == set()
    assert told == [1.0, 1.0]
    assert programs.of(["/#late", "/#a"], {"/": tab("playground")}) == ({"/#a": "playground"}, {"/#late"})
    del asked[2:]
    assert found == {"/#a": "playground", "/#b": "playground", "/?x=1#c": "playground", "/": "playground", "/lenet#run=1": "lenet"}  # fmt: skip  # noqa: E501
    assert asked == [("playground", ["/#a", "/#b", "/?x=1#c", "/"]), ("lenet", ["/lenet#run=1", "/lenet#none"])]
