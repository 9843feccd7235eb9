"""What several tests look for in an answer."""

from math import atan2, cos, degrees, hypot, radians, sin

import pytest

from api.question import params


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


def mean_position(places):
    """Longitude and latitude of the mean of (n, longitude, latitude), on the sphere."""
    x = y = z = 0.0
    for n, longitude, latitude in places:
        lam, phi = radians(longitude), radians(latitude)
        x += n * cos(phi) * cos(lam)
        y += n * cos(phi) * sin(lam)
        z += n * sin(phi)
    longitude, latitude = degrees(atan2(y, x)), degrees(atan2(z, hypot(x, y)))
    return [pytest.approx(longitude, abs=1e-6), pytest.approx(latitude, abs=1e-6)]


def query_of(given, catalog):
    """What /aggregated-data is asked by these pairs, read as a route reads them."""
    return params.of_model(given, params.dataset(given, catalog))
