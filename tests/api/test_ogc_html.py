"""The same documents for people: escaped, whole without a script or another host."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from api_asserts import assert_problem
from rows_world import NAMES as PLACES

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PATHS = ["/conformance", "/collections"] + [
    f"/collections/{name}{part}"
    for name in ("earthquakes_by_state", "places", "readings", "hidden")
    for part in ("", "/items", "/queryables", "/schema")
]


class Page(HTMLParser):
    """What a page links to, and whether its tags close in order."""

    VOID = ("meta", "link", "br", "img")

    def __init__(self, text):
        super().__init__()
        self.open, self.hrefs, self.tags = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.hrefs += [value for name, value in attrs if name in ("href", "src")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def page(send):
    def page(path, query="", **headers):
        answer = send(path, query, **{"accept": BROWSER, **headers})
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == "text/html"
        return answer.body

    return page


@pytest.mark.parametrize("path", PATHS)
def test_a_browser_gets_a_page_that_loads_nothing(world, page, path):
    text = page(path)
    found = Page(text)
    assert not {"script", "img", "iframe"} & set(found.tags)
    assert all(href.startswith("https://api.example.org/") for href in found.hrefs)
    assert "default-src 'none'" in unescape(text)
    assert '<meta name="viewport"' in text


@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_page_leads_somewhere(world, page, path, open_link):
    for href in set(Page(page(path)).hrefs):
        assert open_link(href.replace("&amp;", "&")).status == 200, href


@pytest.mark.parametrize("path", PATHS)
def test_every_page_leads_to_what_a_program_gets(world, page, path, open_link):
    footer = page(path).partition("<footer>")[2]
    hrefs = re.findall(r'href="([^"]+)"', footer)
    assert hrefs
    for href in map(unescape, hrefs):
        assert open_link(href).headers["content-type"] != "text/html"


def test_the_style_is_the_one_that_the_page_allows(world, page):
    from base64 import b64encode
    from hashlib import sha256

    text = page("/collections")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    allowed = re.search(r"sha256-([A-Za-z0-9+/=]+)", unescape(text))
    assert allowed[1] == b64encode(sha256(style.encode()).digest()).decode()


def test_a_page_can_be_asked_for_by_name_and_a_program_gets_json(world, page, send):
    assert "<h1>Collections</h1>" in page("/collections", "f=html", accept="")
    for accept in ("", "*/*", "application/json", "text/html;q=0.1, application/json"):
        answer = send("/collections", accept=accept)
        assert answer.headers["content-type"] == "application/json"
    assert "accept" in send("/collections").headers["vary"].lower()


def test_what_data_and_catalog_say_is_escaped(own_world, page, republish):
    evil = "<script>alert('1')</script>"

    def change(document):
        places = next(m for m in document["models"] if m["name"] == "places")
        places["description"] = evil
        places["config"]["meta"]["api"]["title"] = evil
        places["columns"][0]["description"] = '">' + evil

    republish(change)
    own_world.execute("update marts.places set name = %s where name = 'a'", [evil])
    paths = [path for path in PATHS if "places" in path or path.count("/") < 2]
    id_ = evil.replace("/", "%2F")
    for path in (*paths, f"/collections/places/items/{id_}"):
        assert "<script" not in page(path)
    assert "&lt;script&gt;" in page("/collections/places/items")


def test_items_are_a_table_that_can_be_paged_through(world, page, open_link):
    text = page("/collections/earthquakes_by_cell/items", "limit=20&depth=0,1,2")
    assert text.count("<tr>") == 21
    (href,) = re.findall(r'<a href="([^"]+)" rel="next">', text)
    following = open_link(href.replace("&amp;", "&") + "&f=html")
    assert following.status == 200
    assert "First page" in following.body
    assert "cursor" not in re.search(r'<a href="([^"]+)">First page', following.body)[1]


def test_a_page_for_people_has_a_hundred_items_where_none_says_how_many(
    own_world, page
):
    own_world.execute(
        "insert into marts.hidden select 'n' || i from generate_series(1, 150) as i"
    )
    assert page("/collections/hidden/items").count("<tr>") == 101
    assert page("/collections/hidden/items", "limit=120").count("<tr>") == 121


def heads(text):
    """The heads of a table in their order, each with its link's query, if any."""
    row = re.search(r"<thead>(.*?)</thead>", text, re.DOTALL)[1]
    cells = re.findall(r"<th[^>]*>(?:<a href=\"[^?]*\?([^\"]*)\">)?(\w+)", row)
    return {name: unescape(query) for query, name in cells}


def test_heads_sort_the_items_and_again_the_other_way_round(world, page):
    path = "/collections/earthquakes_by_state/items"
    found = heads(page(path, "limit=3&f=html"))
    assert [*found][:3] == ["Item", "state_fips", "state_name"]
    assert found["n"] == "limit=3&f=html&sortby=-n"
    assert found["state_name"] == "limit=3&f=html&sortby=state_name"
    assert (found["Item"], found["centroid"]) == ("", "")
    text = page(path, found["n"])
    assert 'aria-sort="descending"' in text
    assert heads(text)["n"] == "limit=3&f=html&sortby=n"
    next_ = re.search(r'<a href="[^?]*\?([^"]*)" rel="next">', text)[1]
    assert "cursor" not in heads(page(path, unescape(next_)))["n"]


def test_other_formats_stand_above_the_table(world, page):
    above = page("/collections/places/items").partition("<table")[0]
    for name in ("JSON", "GeoJSON", "CSV", "GeoParquet"):
        assert f">{name}</a>" in above


def test_ids_that_tell_nothing_and_columns_without_values_come_last(own_world, page):
    path = "/collections/places/items"
    assert next(iter(heads(page(path)))) == "Item"
    own_world.execute("update marts.places set label = null, name = md5(name)")
    assert [*heads(page(path))] == ["kind", "label", "name", "Item"]


def test_a_collection_leads_to_all_that_its_document_does(world, page, send):
    text = page("/collections/earthquakes_by_state")
    for part in ("tiles", "schema", "queryables"):
        address = f"https://api.example.org/collections/earthquakes_by_state/{part}"
        assert f'href="{address}"' in text
    assert "around the globe, 32° N to 71° N" in text


@pytest.mark.parametrize(
    # Alaska, on both sides of the date line, has a box around the globe.
    ("name", "ids"),
    [("earthquakes_by_state", ["06,California"]), ("places", PLACES)],
)
def test_the_box_of_the_example_is_about_one_item(world, page, send, name, ids):
    box = re.search(r"\?(bbox=[^<\"]*)", page(f"/collections/{name}"))[1]
    found = send(f"/collections/{name}/items", box).json["features"]
    (feature,) = found
    assert feature["id"] in ids


def test_no_items_are_told_as_such(world, page):
    text = page("/collections/places/items", "bbox=-10,-10,-9,-9")
    assert "Nothing matches" in text


def test_who_asks_for_the_number_alone_reads_it(world, page):
    query = "resultType=hits&f=html"
    assert "36 items match" in page("/collections/earthquakes_by_cell/items", query)


def test_a_page_is_kept_until_the_data_change(world, page, send):
    answer = send("/collections/places/items", "f=html")
    held = answer.headers["etag"]
    assert send("/collections/places/items", "f=html", if_none_match=held).status == 304
    assert send("/collections/places/items", if_none_match=held).status == 200


def test_rows_of_the_model_are_not_had_as_html_elsewhere(world, send):
    assert_problem(send("/places", "f=html"), 400)


def test_jinja_is_not_imported_for_programs():
    import subprocess
    import sys

    code = "import sys, api.handler; print('jinja2' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert told.stdout.strip() == "False", told.stderr


@pytest.mark.parametrize(
    "query",
    [
        "resultType=hits",
        "skipGeometry=true",
        "precision=0&simplify=1",
        "sortby=-n&measures=n,avg",
        "filter=n>1",
        "cursor=nonsense",
    ],
)
def test_whatever_is_asked_is_answered_or_refused(world, send, query):
    answer = send("/collections/earthquakes_by_state/items", f"{query}&f=html")
    assert answer.status in (200, 400)
