"""How three states write their facilities down: headers, texts and bad habits."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from tests.examples.childcare_leads import AGE_GROUPS, Lead

NEVADA_OLD = (
    "Name,Credential Type,Credential Number,Status,Expiration Date,"
    "Disciplinary Action,Address,State,County,Phone,First Issue Date,"
    "Primary Contact Name,Primary Contact Role"
)
NEVADA_NEW = NEVADA_OLD.replace("Address,", "Address,,").replace("Phone", "Phone#")
OKLAHOMA = (
    "Type License,Company,Accepts Subsidy,Year Round,Daytime Hours,Star Level,Mon,"
    "Tues,Wed,Thurs,Friday,Saturday,Sunday,Primary Caregiver,Phone,Email,Address1,"
    "Address2,City,State,Zip,Subsidy Contract Number,Total Cap,Ages Accepted 1,AA2,"
    "AA3,AA4,License Monitoring Since,School Year Only,Evening Hours"
)
TEXAS_OLD = (
    "Operation,Agency Number,Operation Name,Address,City,State,Zip,County,Phone,"
    "Type,Status,Issue Date,Capacity,Email Address,Facility ID,"
    "Monitoring Frequency,Infant,Toddler,Preschool,School"
)
TEXAS_NEW = TEXAS_OLD.replace("Operation,", "Operation #,", 1).replace(
    "Operation Name", "Operation/Caregiver Name"
)
AGES = {
    "Infants": "Infants (0-11 months)",
    "Toddlers": "Toddlers (12-23 months; 1yr.)",
    "Preschool": "Preschool (24-48 months; 2-4 yrs.)",
    "School-age": "School-age (5 years-older)",
}
Row = list[str]
Write = Callable[[Lead, int], Row]


def month_first(iso: str, number: int) -> str:
    """M/D/YY or M/D/YYYY."""
    if not iso:
        return ""
    year, month, day = iso.split("-")
    return f"{int(month)}/{int(day)}/{year if number % 2 else year[2:]}"


def phone(lead: Lead, number: int) -> str:
    """The same digits in one of four forms."""
    if lead.phone2:
        return f"{lead.phone} / {lead.phone2}"
    if lead.phone.count("-") != 2:
        return lead.phone
    area, local = lead.phone.split("-", 1)
    forms = (lead.phone, f"({area}) {local}", f"{area}.{local.replace('-', '.')}")
    return (*forms, lead.phone.replace("-", ""))[number % 4]


def person(lead: Lead, number: int) -> str:
    if not lead.contact:
        return ""
    first, last = lead.contact
    return f"{last}, {first}" if number % 4 == 1 else f"{first}  {last}"


def nevada(lead: Lead, number: int) -> Row:
    plus_four = "-1234" if number % 7 == 3 else ""
    street = f"{lead.address1} {lead.city}".strip()
    return [
        f"{lead.company} ",
        lead.license_type,
        lead.license_number,
        lead.license_status,
        month_first(lead.certificate_expiration_date, number),
        "N",
        f"{street}, {lead.state} {lead.zip}{plus_four}",
        lead.state,
        lead.county.title(),
        phone(lead, number),
        month_first(lead.license_issued, number + 1),
        person(lead, number),
        lead.title,
    ]


def nevada_with_unnamed_column(lead: Lead, number: int) -> Row:
    row = nevada(lead, number)
    return [*row[:7], "", *row[7:]]


def oklahoma(lead: Lead, number: int) -> Row:
    hours = {"closed": "CLOSED", "24 hours": "12:00AM - 12:00AM"}
    week = [hours.get(text, text) for text in lead.hours] or [""] * 7
    ages = [AGES[name] for name in lead.groups]
    owner = lead.owner
    if isinstance(owner, tuple):
        owner = f"{owner[1]}, {owner[0]}"
    caregiver = " ".join(lead.contact or ())
    said = {"true": "Accepts Subsidy"}.get(lead.accepts_financial_aid, "")
    contract = f"Subsidy Contract Number: {lead.provider_id or 'N/A'}"
    return [
        " - ".join(filter(None, (lead.license_type, lead.license_number))),
        f"{owner} DBA {lead.company}" if owner else lead.company,
        said,
        "Year Round",
        "Daytime Hours",
        f"{1 + number % 5} Star",
        *week,
        f"{caregiver}\n \n {lead.title}" if caregiver else "",
        phone(lead, number),
        lead.email,
        lead.address1,
        lead.address2,
        lead.city.title(),
        lead.state,
        f"{lead.zip}-0001" if lead.zip and number % 5 == 0 else lead.zip,
        contract if lead.accepts_financial_aid else "",
        f"Total Capacity: {lead.capacity}" if number % 2 else lead.capacity,
        *(ages + [""] * 4)[:4],
        f"Monitoring since {lead.license_issued}",
        # What is in these two belongs to other columns.
        f"Total Capacity: {number + 900}",
        "Monitoring since 1999-12-31",
    ]


def texas(lead: Lead, number: int) -> Row:
    company = lead.company
    if company.startswith('"'):
        # The first quote was lost, and one came behind the last word.
        company = company[1:] + '"'
    return [
        lead.license_number,
        str(7000 + number),
        company,
        lead.address1,
        lead.city if number % 3 else lead.city.title(),
        lead.state,
        texas_zip(lead, number),
        lead.county,
        phone(lead, number),
        lead.license_type,
        lead.license_status,
        month_first(lead.license_issued, number),
        lead.capacity,
        lead.email,
        lead.provider_id,
        "Annual",
        *("Y" if name in lead.groups else "N" for name in AGE_GROUPS),
    ]


def texas_zip(lead: Lead, number: int) -> str:
    """In one of two forms; one that is not known has lost a digit."""
    if not lead.zip:
        return "7700" if lead.state else ""
    return f"{lead.zip}4321" if number % 6 == 0 else lead.zip


@dataclass(frozen=True)
class Register:
    """A file: its header, how a lead is written, and how lines end."""

    header: str
    write: Write
    newline: str = "\n"

    def records(self, leads: Sequence[Lead], more: Sequence[Row]) -> Iterator[str]:
        """The header and each record, with its line end."""
        yield self.header + self.newline
        rows = [self.write(lead, number) for number, lead in enumerate(leads, 1)]
        for row in (*rows, *more):
            text = StringIO()
            csv.writer(text, lineterminator=self.newline).writerow(row)
            yield text.getvalue()


OLD = {
    "NV": Register(NEVADA_OLD, nevada),
    "OK": Register(OKLAHOMA, oklahoma, "\r\n"),
    "TX": Register(TEXAS_OLD, texas),
}
NEW = {
    "NV": Register(NEVADA_NEW, nevada_with_unnamed_column, "\r\n"),
    "OK": Register(OKLAHOMA, oklahoma),
    "TX": Register(TEXAS_NEW, texas),
}
