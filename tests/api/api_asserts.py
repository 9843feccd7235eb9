"""What several tests look for in an answer."""


def links(answer):
    return {link["rel"]: link for link in answer.json["links"]}


def assert_problem(answer, status):
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json
    assert problem["status"] == status
    assert all(problem[word] for word in ("type", "title", "detail"))
    return problem
