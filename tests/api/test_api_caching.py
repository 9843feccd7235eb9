"""What a client that keeps answers needs: validators, 304, and paging beside a
refresh."""

import pytest
from api_asserts import assert_problem, links

from api.answer import caching

CELLS = "earthquakes_by_cell"


def refresh(admin, model=CELLS):
    admin.execute(
        "insert into ops.refresh (model, started_at, seconds, status) "
        "values (%s, clock_timestamp(), 0, 'done')",
        [model],
    )


def load(admin, load_id, feed, status):
    admin.execute(
        "insert into ops.load (load_id, feed, status) values (%s, %s, %s)",
        [load_id, feed, status],
    )


def ask(send, **headers):
    return send("/aggregated-data", f"dataset={CELLS}", **headers)


def tag(send, query=f"dataset={CELLS}", path="/aggregated-data", **headers):
    answer = send(path, query, **headers)
    assert answer.status == 200, answer.body
    return answer.headers["etag"]


def test_who_has_the_newest_answer_is_told_so(own_world, send):
    query = f"dataset={CELLS}"
    held = tag(send, query)
    again = send("/aggregated-data", query, if_none_match=f'"x", {held}')
    assert (again.status, again.body) == (304, "")
    assert again.headers["etag"] == held
    assert again.headers["cache-control"] == "public, no-cache"
    for strong in (held.removeprefix("W/"), f'{held},W/"x"'):
        assert send("/aggregated-data", query, if_none_match=strong).status == 304
    assert send("/aggregated-data", query, if_none_match='W/"other"').status == 200


def test_a_304_asks_the_database_one_question_only(own_world, send, monkeypatch):
    held = tag(send)
    monkeypatch.setattr("api.answer.pages.read", None)
    assert ask(send, if_none_match=held).status == 304


@pytest.mark.parametrize("model", [CELLS, "earthquakes_by_state"])
def test_a_refresh_of_the_model_ends_what_is_held_and_of_another_does_not(
    own_world, send, model
):
    held = tag(send)
    refresh(own_world, model)
    answer = send("/aggregated-data", f"dataset={CELLS}", if_none_match=held)
    assert answer.status == (200 if model == CELLS else 304)


def test_a_build_ends_what_is_held(own_world, send, republish):
    held = tag(send)
    own_world.execute("update ops.catalog set published_at = clock_timestamp()")
    assert tag(send) != held
    held = tag(send)
    republish(lambda document: None)
    assert tag(send) != held


def test_a_failed_refresh_changes_nothing(own_world, send):
    held = tag(send)
    own_world.execute(
        "update ops.refresh set status = 'failed' where model = %s", [CELLS]
    )
    refresh(own_world)
    own_world.execute(
        "update ops.refresh set status = 'failed' where model = %s", [CELLS]
    )
    assert tag(send) == held


def test_a_load_ends_what_is_held_of_a_view_of_raw_rows(own_world, send, republish):
    def change(document):
        for model in document["models"]:
            if model["name"] == "readings":
                model["config"]["materialized"] = "view"
                model["depends_on"] = ["source.catchment.raw.sensors"]

    republish(change)
    held = tag(send, "", "/places/readings")
    assert tag(send, "", "/places/readings") == held
    load(own_world, 2, "sensors", "loaded")
    second = tag(send, "", "/places/readings")
    assert second != held
    # An older id that comes to be seen later.
    load(own_world, 1, "sensors", "loaded")
    assert tag(send, "", "/places/readings") != second
    third = tag(send, "", "/places/readings")
    load(own_world, 3, "sensors", "failed")
    load(own_world, 4, "others", "loaded")
    assert tag(send, "", "/places/readings") == third


def test_every_form_of_an_answer_has_a_tag_of_its_own(world, send):
    query = f"dataset={CELLS}"
    tags = {
        tag(send, query),
        tag(send, f"{query}&f=geojson"),
        tag(send, f"{query}&limit=5"),
        tag(send, query, host="other.example.org"),
        tag(send, query, accept="application/geo+json"),
    }
    # The last two differ from f=geojson by their links alone.
    assert len(tags) == 5


def test_a_date_is_told_once_its_second_is_past(own_world, send):
    own_world.execute("update ops.catalog set published_at = '2025-02-01'")
    own_world.execute(
        "insert into ops.refresh (model, started_at, seconds, status) "
        "values (%s, '2025-03-01 12:00:00.7+00', 0, 'done')",
        [CELLS],
    )
    modified = ask(send).headers["last-modified"]
    assert modified == "Sat, 01 Mar 2025 12:00:00 GMT"
    assert ask(send, if_modified_since=modified).status == 304
    for other in ("Sat, 01 Mar 2025 11:59:59 GMT", "yesterday"):
        assert ask(send, if_modified_since=other).status == 200
    # A tag counts before a date (RFC 9110, 13.2.2).
    answer = ask(send, if_modified_since=modified, if_none_match='"x"')
    assert answer.status == 200
    refresh(own_world)
    assert "last-modified" not in ask(send).headers


def test_a_model_says_how_long_its_answers_may_be_used(own_world, send, republish):
    def change(document):
        for model in document["models"]:
            if model["name"] == CELLS:
                model["config"]["meta"]["api"]["max_age"] = 300

    republish(change)
    answer = send("/aggregated-data", f"dataset={CELLS}")
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_another_build_of_the_code_names_its_answers_anew(world, send, monkeypatch):
    held = tag(send)
    monkeypatch.setattr(caching, "BUILD", "next")
    assert tag(send) != held


def test_errors_and_wrong_questions_come_before_a_304(world, send):
    held = tag(send)
    answer = send("/aggregated-data", f"dataset={CELLS}&colour=1", if_none_match=held)
    assert_problem(answer, 400)


def test_pages_by_key_go_on_over_a_refresh(own_world, send, open_link):
    """Rows that were there all the time come once; others may come or not."""
    kept = {
        row["category"]
        for row in send("/aggregated-data", "dataset=categories").json["data"]
    }
    page = send("/aggregated-data", "dataset=categories&limit=1")
    seen = [row["category"] for row in page.json["data"]]
    for step in range(20):
        # One before and one behind every place where a reader may stand.
        own_world.execute(
            "insert into marts.categories (category, n) values (%s, 1), (%s, 1)",
            [f"a{step}", f"zz{step}"],
        )
        own_world.execute(
            "delete from marts.categories where category in (%s, %s)",
            [f"a{step - 1}", f"zz{step - 2}"],
        )
        refresh(own_world, "categories")
        if "next" not in links(page):
            break
        page = open_link(links(page)["next"]["href"])
        seen += [row["category"] for row in page.json["data"]]
    assert len(seen) == len(set(seen))
    assert kept <= set(seen)


def test_pages_in_an_order_that_a_refresh_changes_begin_again(
    own_world, send, open_link, republish
):
    def change(document):
        for model in document["models"]:
            if model["name"] == "readings":
                model["config"]["meta"]["api"]["order_by"] = ["-value"]

    republish(change)
    page = send("/places/readings", "limit=1")
    onward = links(page)["next"]["href"]
    assert open_link(onward).status == 200
    refresh(own_world, "readings")
    problem = assert_problem(open_link(onward), 410)
    assert "begin again" in problem["detail"]
