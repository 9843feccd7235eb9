"""Made-up child care facilities, as a person would note them down.

`make_childcare` writes them as the three registers do, with every defect of
these; the models must find again what is said here.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

Person = tuple[str, str]

FIRST = (
    "Ada", "Bo Lynn", "Cleo", "Dara", "Elio", "Fern", "Gus", "Hedy", "Ines", "Jo",
    "Kit", "Lou Anne", "Mina", "Nell", "Otto", "Pia", "Quin", "Rue", "Sol", "Tess",
)  # fmt: skip
LAST = (
    "Alderfern", "Birchmoss", "Clovermead", "de la Duna", "Elmsworth Jr.",
    "Fennelgate", "Gorsehill", "Hollybrook", "Ivyshaw", "Juniperley", "Kelpfield",
    "Larkspurn", "Mallowby", "Nettlecombe", "O'Thistle", "Plumtreeson",
)  # fmt: skip
THINGS = ("Acorn", "Button", "Comet", "Dandelion", "Echo", "Firefly", "Gumdrop")
PLACES = ("Academy", "Club", "Corner", "Garden", "House", "Playroom", "Preschool")
AGE_GROUPS = {
    "Infants": (0, 11),
    "Toddlers": (12, 23),
    "Preschool": (24, 48),
    "School-age": (60, None),
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# City, county and ZIP. The last ZIP of each state is in no gazetteer here.
TOWNS = {
    "NV": (
        ("LAS VEGAS", "CLARK", "89101"),
        ("NORTH LAS VEGAS", "CLARK", "89030"),
        ("HENDERSON", "CLARK", "89002"),
        ("BOULDER CITY", "CLARK", "89005"),
        ("MESQUITE", "CLARK", "89027"),
        ("SPRING CREEK", "ELKO", "89815"),
        ("CARSON CITY", "CARSON CITY", "89701"),
        ("LAUGHLIN", "CLARK", "89029"),
        ("LAS VEGAS", "CLARK", "89199"),
    ),
    "OK": (
        ("EDMOND", "", "73034"),
        ("OKLAHOMA CITY", "", "73102"),
        ("TULSA", "", "74103"),
        ("NORMAN", "", "73069"),
        ("LAWTON", "", "73599"),
    ),
    "TX": (
        ("HOUSTON", "HARRIS", "77002"),
        ("DALLAS", "DALLAS", "75201"),
        ("AUSTIN", "TRAVIS", "78701"),
        ("EL PASO", "EL PASO", "79901"),
        ("SAN ANTONIO", "BEXAR", "78205"),
        ("LUBBOCK", "LUBBOCK", "79499"),
    ),
}
POINTS = {
    "00501": (40.8133, -73.0453), "89101": (36.1721, -115.1224),
    "89030": (36.2146, -115.1240), "89002": (36.0016, -114.9576),
    "89005": (35.9718, -114.8340), "89027": (36.8037, -114.1339),
    "89815": (40.7374, -115.5973), "89701": (39.1507, -119.7459),
    "89029": (35.1596, -114.6233), "73034": (35.6832, -97.4482),
    "73102": (35.4711, -97.5201), "74103": (36.1563, -95.9944),
    "73069": (35.2251, -97.4520), "77002": (29.7567, -95.3657),
    "75201": (32.7882, -96.7998), "78701": (30.2705, -97.7424),
    "79901": (31.7600, -106.4790), "78205": (29.4241, -98.4868),
}  # fmt: skip
AREA_CODES = {"NV": "702", "OK": "405", "TX": "512"}
KINDS = {
    "NV": {"Child Care Center": "center", "Family Care Home": "home",
           "Child Care Institution": "other"},
    "OK": {"CHILD CARE CENTER": "center", "LARGE FAMILY CHILD CARE HOME": "home",
           "PART-DAY PROGRAM": "program"},
    "TX": {"Licensed Center": "center", "Registered Child-Care Home": "home",
           "School-Age Program": "program"},
}  # fmt: skip


@dataclass(frozen=True)
class Lead:
    """One facility; blank is what the register does not say.

    `owner` does business under the name `company`; `contact` runs the facility.
    """

    register: str
    company: str
    license_number: str
    license_type: str
    facility_type: str
    address1: str
    city: str
    state: str
    zip: str
    phone: str
    county: str = ""
    phone2: str = ""
    address2: str = ""
    license_status: str = ""
    license_issued: str = ""
    certificate_expiration_date: str = ""
    owner: Person | str = ""
    contact: Person | None = None
    title: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()
    capacity: str = ""
    hours: tuple[str, ...] = ()
    accepts_financial_aid: str = ""
    provider_id: str = ""


def leads_of(state: str, count: int) -> list[Lead]:
    """The facilities of one register, on the day of the newer file."""
    chance = random.Random(state)
    return [_lead(state, number, chance) for number in range(1, count + 1)]


def _lead(state: str, number: int, chance: random.Random) -> Lead:
    city, county, zip_ = TOWNS[state][number % len(TOWNS[state])]
    kind, facility_type = chance.choice(list(KINDS[state].items()))
    person = (chance.choice(FIRST), chance.choice(LAST))
    lead = Lead(
        register=state,
        company=f"{chance.choice(THINGS)} {chance.choice(PLACES)} {number}",
        license_number=_number(state, number),
        license_type=kind,
        facility_type=facility_type,
        address1=f"{10 * number} {chance.choice(('N. WILLOW ST', 'ELM AVE'))}",
        city=city,
        county=county,
        state=state,
        zip=zip_,
        # A third of them share the phone of another facility.
        phone=f"{AREA_CODES[state]}-555-01{number * 2 // 3:02}",
        license_issued=_day(2010 + number % 13, number),
    )
    if state == "NV":
        return replace(
            lead,
            license_status=chance.choice(("Active", "Active", "Probation", "")),
            certificate_expiration_date=_day(2024, number),
            contact=person,
            title=chance.choice(("Owner", "Director", "")),
        )
    groups = tuple(name for name in AGE_GROUPS if chance.random() < 0.6)
    email = f"office{number}@example.com" if chance.random() < 0.6 else ""
    lead = replace(lead, groups=groups, email=email, capacity=str(6 + 3 * number))
    if state == "TX":
        return replace(
            lead,
            license_status=chance.choice(("Permit Issued", "Initial Permit", "")),
            provider_id=str(500 + number),
        )
    contract = str(29700 + number) if chance.random() < 0.5 else ""
    return replace(
        lead,
        contact=person,
        title="Director",
        hours=("6:00AM - 6:00PM",) * 5 + ("closed",) * 2,
        provider_id=contract,
        accepts_financial_aid="true" if contract else "false",
    )


def _day(year: int, number: int) -> str:
    return f"{year}-{1 + number % 12:02}-{1 + number % 28:02}"


def _number(state: str, number: int) -> str:
    if state == "NV":
        return f"{1100 + number}-{20 + number % 4}"
    return f"K8300{56000 + number}" if state == "OK" else f"{801000 + number}"


def ages(lead: Lead) -> Iterator[str]:
    """ages_served, min_age and max_age; none where a group has no end."""
    yield ", ".join(lead.groups)
    bounds = [AGE_GROUPS[name] for name in lead.groups]
    yield str(min((low for low, _ in bounds), default=""))
    last = bounds[-1][1] if bounds else None
    yield "" if last is None else str(last)


def row(lead: Lead) -> dict[str, str]:
    """The facility as a row of the mart `lead`."""
    owner = " ".join(lead.owner) if isinstance(lead.owner, tuple) else lead.owner
    person = lead.contact or (lead.owner if isinstance(lead.owner, tuple) else ("", ""))
    ages_served, min_age, max_age = ages(lead)
    days = zip(DAYS, lead.hours or [""] * 7, strict=True)
    precision = "zip" if lead.zip in POINTS else "state" if lead.state else ""
    return {
        "register": lead.register,
        "accepts_financial_aid": lead.accepts_financial_aid,
        "ages_served": ages_served,
        "min_age": min_age,
        "max_age": max_age,
        "capacity": lead.capacity,
        "company": lead.company,
        "operator": " ".join(person).strip() or owner,
        "licensee_name": owner or lead.company,
        "license_number": lead.license_number,
        "license_type": lead.license_type,
        "license_status": lead.license_status,
        "license_issued": lead.license_issued,
        "license_renewed": "",
        "certificate_expiration_date": lead.certificate_expiration_date,
        "first_name": person[0],
        "last_name": person[1],
        "title": lead.title,
        "email": lead.email,
        "phone": lead.phone,
        "phone2": lead.phone2,
        "address1": lead.address1,
        "address2": lead.address2,
        "city": lead.city,
        "county": lead.county,
        "state": lead.state,
        "zip": lead.zip,
        "schedule": "; ".join(f"{day} {hours}" for day, hours in days if hours),
        "provider_id": lead.provider_id,
        "website_address": "",
        "curriculum_type": "",
        "language": "",
        "facility_type": lead.facility_type,
        "location_precision": precision,
    }
