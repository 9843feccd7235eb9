"""Write `examples/childcare`: python -m tests.examples.make_childcare

What is expected is not what the models answered: it is what the registers were
written from.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.examples.childcare_leads import POINTS, Lead, leads_of, row
from tests.examples.childcare_registers import NEW, OLD, Row

FOLDER = ROOT / "examples" / "childcare"
GAZETTEER = ROOT / "examples" / "places" / "2023_Gaz_zcta_national.txt"
FILES = {
    "NV": "Nevada Dept of Public _ Behavioral Health.csv",
    "OK": "Oklahoma Human Services.csv",
    "TX": "Texas DHHS.csv",
}
STATES = {"NV": ("32", "Nevada"), "OK": ("40", "Oklahoma"), "TX": ("48", "Texas")}
COUNTS = {"NV": 48, "OK": 44, "TX": 60}
# By the number of a facility: what is unlike the others, one thing each.
SPECIAL: Mapping[str, Mapping[int, Mapping[str, Any]]] = {
    "NV": {
        1: {"address1": "10 LAS VEGAS BLVD"},
        2: {"address1": "20 HENDERSON RD"},
        4: {"address1": "150 N. WILLOW ST"},
        10: {"address1": "77 PLAYA RD GERLACH", "city": "", "zip": "89412"},
        11: {"contact": None, "title": ""},
        12: {"license_number": "1111-23"},
        13: {"phone": "702-555-0198", "phone2": "702-555-0199"},
        14: {"county": ""},
        15: {"company": "O'Thistle & Sons, Child Care"},
    },
    "OK": {
        1: {"company": "COMET CLUB", "owner": ("ADA", "ALDERFERN"), "contact": None,
            "title": ""},
        2: {"company": "ECHO HOUSE", "owner": ("BO LYNN", "DE LA DUNA")},
        3: {"company": "BUTTON CORNER", "owner": "KIDS, INC"},
        4: {"hours": ("24 hours",) * 7},
        5: {"hours": ()},
        6: {"license_number": "", "license_type": "PART-DAY PROGRAM",
            "facility_type": "program"},
        7: {"accepts_financial_aid": "", "provider_id": ""},
        8: {"address2": "STE 4"},
        9: {"contact": None, "title": ""},
        10: {"zip": ""},
        11: {"license_number": "K830056761", "license_type": "CHILD CARE CENTER",
             "facility_type": "center"},
        12: {"capacity": ""},
        13: {"groups": ("Infants", "Toddlers")},
    },
    "TX": {
        1: {"company": '"K" Street Learning Center LLC'},
        2: {"company": 'Kids "R" Fun Center'},
        3: {"state": "", "zip": "", "city": "", "county": ""},
        4: {"phone": "call the office"},
        5: {"email": "", "license_status": ""},
        6: {"groups": ()},
        7: {"company": "GORSEHILL, ADA", "owner": ("ADA", "GORSEHILL"),
            "license_type": "Registered Child-Care Home", "facility_type": "home"},
        8: {"zip": ""},
        9: {"license_number": "801010"},
        10: {"phone": ""},
        11: {"groups": ("Infants", "Toddlers", "Preschool")},
        12: {"capacity": ""},
    },
}  # fmt: skip
# How the week before differed: what has changed since, by number, and who was
# gone a week later. The last two of each newer register are new.
BEFORE: Mapping[str, Mapping[int, Mapping[str, Any]]] = {
    "NV": {16: {"phone": "702-555-0190"}, 17: {"license_status": "Pending"}},
    "OK": {14: {"capacity": "5"}, 15: {"contact": ("Zoe", "Yarrow"), "title": "Owner"},
           16: {"hours": ()}},
    "TX": {13: {"email": "old@example.com", "capacity": "7"}, 14: {"zip": "78205"}},
}  # fmt: skip
GONE = 2
NEW_ONES = 2


def newer(state: str) -> list[Lead]:
    found = leads_of(state, COUNTS[state] + GONE)[: COUNTS[state]]
    return _changed(found, SPECIAL[state])


def older(state: str) -> list[Lead]:
    gone = leads_of(state, COUNTS[state] + GONE)[-GONE:]
    return [*_changed(newer(state)[:-NEW_ONES], BEFORE[state]), *gone]


def _changed(
    leads: Sequence[Lead], changes: Mapping[int, Mapping[str, Any]]
) -> list[Lead]:
    return [
        replace(lead, **changes.get(number, {})) for number, lead in enumerate(leads, 1)
    ]


def broken(state: str) -> list[tuple[Row, str, str]]:
    """Records that break the contract, with the column and the code of it."""
    good = newer(state)[0]
    write = NEW[state].write
    if state == "NV":
        unnumbered = write(replace(good, license_number=""), 1)
        endless = write(good, 1)
        endless[4] = "13/45/2023"
        return [
            (unnumbered, "credential_number", "required"),
            (endless, "expiration_date", "type"),
        ]
    if state == "OK":
        nameless = write(replace(good, company="", owner=""), 1)
        return [(nameless, "company", "required"), (nameless[:7], "", "fields")]
    return [
        (write(replace(good, capacity="-3"), 1), "capacity", "minimum"),
        (write(replace(good, capacity="twelve"), 1), "capacity", "type"),
    ]


def write_registers() -> list[dict[str, Any]]:
    """Write the six files; what of them is rejected."""
    rejects = []
    for state, name in FILES.items():
        old = OLD[state].records(older(state), [])
        _write(FOLDER / f"06-30-2023 {name}", "".join(old))
        bad = broken(state)
        records = list(NEW[state].records(newer(state), [row for row, _, _ in bad]))
        file = f"07-07-2023 {name}"
        _write(FOLDER / file, "".join(records))
        for place, (_, column, code) in zip(range(-len(bad), 0), bad, strict=True):
            row_number = len(records) + place
            rejects.append(
                {
                    "file": file,
                    "row_number": row_number,
                    "line": "".join(records[:row_number]).count("\n") + 1,
                    "column": column,
                    "code": code,
                }
            )
    return rejects


def changes() -> list[dict[str, str]]:
    found = []
    for state in FILES:
        before = {_key(lead): row(lead) for lead in older(state)}
        now = {_key(lead): row(lead) for lead in newer(state)}
        for key in sorted(before.keys() | now.keys()):
            old, new = before.get(key, {}), now.get(key, {})
            if old == new:
                continue
            both = sorted(name for name in old.keys() & new if old[name] != new[name])
            found.append(
                {
                    "register": state,
                    "license_number": key[0],
                    "change": "changed" if both else "new" if new else "gone",
                    "changed_columns": ", ".join(both),
                    "company": key[1],
                }
            )
    return found


def _key(lead: Lead) -> tuple[str, str]:
    return lead.license_number, lead.company


def by_state(leads: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    counts, capacity = Counter[str](), Counter[str]()
    for lead in leads:
        counts[lead["state"]] += 1
        capacity[lead["state"]] += int(lead["capacity"] or 0)
    return [
        {
            "state": state,
            "state_fips": STATES.get(state, ("", ""))[0],
            "state_name": STATES.get(state, ("", ""))[1],
            "leads": counts[state],
            "capacity": capacity[state] or "",
        }
        for state in sorted(counts)
    ]


def write_gazetteer() -> None:
    """As the Census has it: tabs, and blanks behind the last name."""
    names = "GEOID ALAND AWATER ALAND_SQMI AWATER_SQMI INTPTLAT INTPTLONG"
    lines = ["\t".join(names.split()) + " " * 50]
    for zip_, (latitude, longitude) in sorted(POINTS.items()):
        area = "25899881\t0\t10\t0"
        lines.append(f"{zip_}\t{area}\t{latitude:.6f}\t{longitude:.6f}")
    _write(GAZETTEER, "\n".join(lines) + "\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, newline="")


def write_expected(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    path = FOLDER / "expected" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    leads = [row(lead) for state in FILES for lead in newer(state)]
    leads.sort(key=lambda r: (r["register"], r["license_number"], r["company"]))
    write_expected("rejects.csv", write_registers())
    write_expected("leads.csv", leads)
    write_expected("lead_changes.csv", changes())
    write_expected("leads_by_state.csv", by_state(leads))
    write_gazetteer()


if __name__ == "__main__":
    main()
