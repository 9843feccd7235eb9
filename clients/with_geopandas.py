# /// script
# requires-python = ">=3.11"
# dependencies = ["geopandas>=1.1", "matplotlib>=3.10", "pyarrow>=21", "requests>=2.32"]
# ///
"""Where does the earth shake below a child care facility? A map and a table.

    uv run clients/with_geopandas.py http://127.0.0.1:8000 --map states.png

Reads states with their earthquakes, and the places of facilities, as GeoParquet;
joins them by place; prints a line of CSV for each state. CATCHMENT_API_KEY is the
key where the API asks for one.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from io import BytesIO

import geopandas
import pandas
import requests


def pages(session: requests.Session, url: str) -> Iterator[geopandas.GeoDataFrame]:
    """The pages of a collection; the header `Link` says where the next one is."""
    while url:
        answer = session.get(url, timeout=60)
        answer.raise_for_status()
        yield geopandas.read_parquet(BytesIO(answer.content))
        url = answer.links.get("next", {}).get("url", "")


def items(
    session: requests.Session, api: str, collection: str, asked: str
) -> geopandas.GeoDataFrame:
    """All items of a collection."""
    url = f"{api}/collections/{collection}/items?f=parquet&limit=10000&{asked}"
    return pandas.concat(pages(session, url), ignore_index=True)


def with_facilities(
    states: geopandas.GeoDataFrame, facilities: geopandas.GeoDataFrame
) -> geopandas.GeoDataFrame:
    """The states with how many facilities lie within each."""
    within = facilities.sjoin(states[["state_fips", "geometry"]], predicate="within")
    counts = within.groupby("state_fips").size()
    found = states["state_fips"].map(counts).fillna(0).astype(int)
    return states.assign(facilities=found).sort_values("n", ascending=False)


def draw(
    states: geopandas.GeoDataFrame, facilities: geopandas.GeoDataFrame, path: str
) -> None:
    """States coloured by their earthquakes, facilities as points, into a picture."""
    import matplotlib

    matplotlib.use("Agg")  # Into a file: no window is needed.
    # Equal areas for North America: degrees would stretch the north.
    shown = states.to_crs("ESRI:102008")
    axes = shown.plot("n", cmap="OrRd", edgecolor="grey", legend=True, figsize=(11, 7))
    facilities.to_crs(shown.crs).plot(ax=axes, color="black", markersize=3)
    axes.set_title("Earthquakes by state, and child care facilities")
    axes.set_axis_off()
    axes.figure.savefig(path, dpi=120, bbox_inches="tight")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    address = os.environ.get("CATCHMENT_API_URL", "http://127.0.0.1:8000")
    parser.add_argument("api", nargs="?", default=address, help="the API's address")
    parser.add_argument("--map", metavar="FILE", help="write a picture: states.png")
    asked = parser.parse_args()

    session = requests.Session()
    if key := os.environ.get("CATCHMENT_API_KEY"):
        session.headers["x-api-key"] = key
    api = asked.api.rstrip("/")
    states = items(session, api, "earthquakes_by_state", "category=earthquake")
    facilities = items(session, api, "lead", "properties=facility_id")

    joined = with_facilities(states, facilities)
    joined[["state_name", "n", "facilities"]].to_csv(sys.stdout, index=False)
    if asked.map:
        draw(joined, facilities, asked.map)


if __name__ == "__main__":
    main()
