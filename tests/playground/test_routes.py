import json
import re
import urllib.request

from playground.config import schema


def get(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response, response.read().decode()


def test_the_schema_is_the_table_of_settings(server):
    response, body = get(server + "/api/playground/schema")
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(body) == json.loads(json.dumps(schema()))


def test_the_page_carries_the_schema(server):
    _, body = get(server)
    embedded = re.search(r'<script[^>]*id="schema"[^>]*>(.*?)</script>', body, re.DOTALL)
    assert json.loads(embedded[1]) == json.loads(json.dumps(schema()))


def test_everything_the_page_loads_comes_from_this_server(server):
    _, body = get(server)
    sources = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', body)
    sources += re.findall(r'data-plotly="([^"]+)"', body)
    assert len(sources) > 4
    for source in sources:
        assert source.startswith("/static/")
        response, _ = get(server + source)
        assert response.status == 200
