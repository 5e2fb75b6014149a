"""The names that a page's time zone may have: those of Rails, and IANA identifiers.

A page's `time_zone` "must be a rails time zone" (`statuspage-api.md` 2.1), and Rails takes an IANA identifier for a name as
well. Its own names are places, most of them the last part of an identifier; the others are listed with theirs.
"""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

_NAMED_AS_THEIR_PLACE = """
    Africa/Cairo Africa/Casablanca Africa/Harare Africa/Monrovia Africa/Nairobi
    America/Argentina/Buenos_Aires America/Bogota America/Caracas America/Chihuahua America/La_Paz
    America/Lima America/Mazatlan America/Mexico_City America/Monterrey America/Montevideo
    America/Puerto_Rico America/Santiago America/Tijuana Asia/Almaty Asia/Baghdad Asia/Baku Asia/Bangkok
    Asia/Dhaka Asia/Hong_Kong Asia/Irkutsk Asia/Jakarta Asia/Jerusalem Asia/Kabul Asia/Kamchatka
    Asia/Karachi Asia/Kathmandu Asia/Kolkata Asia/Krasnoyarsk Asia/Kuala_Lumpur Asia/Kuwait Asia/Magadan
    Asia/Muscat Asia/Novosibirsk Asia/Riyadh Asia/Seoul Asia/Singapore Asia/Srednekolymsk Asia/Taipei
    Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tokyo Asia/Ulaanbaatar Asia/Urumqi Asia/Vladivostok
    Asia/Yakutsk Asia/Yerevan Atlantic/Azores Australia/Adelaide Australia/Brisbane Australia/Darwin
    Australia/Hobart Australia/Melbourne Australia/Perth Australia/Sydney Etc/UTC Europe/Amsterdam
    Europe/Athens Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Bucharest
    Europe/Budapest Europe/Copenhagen Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Kaliningrad
    Europe/Kyiv Europe/Lisbon Europe/Ljubljana Europe/London Europe/Madrid Europe/Minsk Europe/Moscow
    Europe/Paris Europe/Prague Europe/Riga Europe/Rome Europe/Samara Europe/Sarajevo Europe/Skopje
    Europe/Sofia Europe/Stockholm Europe/Tallinn Europe/Vienna Europe/Vilnius Europe/Volgograd
    Europe/Warsaw Europe/Zagreb Europe/Zurich Pacific/Auckland Pacific/Fiji Pacific/Guam
    Pacific/Port_Moresby
"""
_OTHERS = {
    "Abu Dhabi": "Asia/Muscat",
    "Alaska": "America/Juneau",
    "American Samoa": "Pacific/Pago_Pago",
    "Arizona": "America/Phoenix",
    "Astana": "Asia/Almaty",
    "Atlantic Time (Canada)": "America/Halifax",
    "Beijing": "Asia/Shanghai",
    "Bern": "Europe/Zurich",
    "Brasilia": "America/Sao_Paulo",
    "Canberra": "Australia/Melbourne",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Central America": "America/Guatemala",
    "Central Time (US & Canada)": "America/Chicago",
    "Chatham Is.": "Pacific/Chatham",
    "Chennai": "Asia/Kolkata",
    "Chongqing": "Asia/Shanghai",
    "Eastern Time (US & Canada)": "America/New_York",
    "Edinburgh": "Europe/London",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Georgetown": "America/Guyana",
    "Greenland": "America/Nuuk",
    "Guadalajara": "America/Mexico_City",
    "Hanoi": "Asia/Bangkok",
    "Hawaii": "Pacific/Honolulu",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "International Date Line West": "Etc/GMT+12",
    "Islamabad": "Asia/Karachi",
    "Marshall Is.": "Pacific/Majuro",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Midway Island": "Pacific/Midway",
    "Mountain Time (US & Canada)": "America/Denver",
    "Mumbai": "Asia/Kolkata",
    "New Caledonia": "Pacific/Noumea",
    "New Delhi": "Asia/Kolkata",
    "Newfoundland": "America/St_Johns",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Osaka": "Asia/Tokyo",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Pretoria": "Africa/Johannesburg",
    "Quito": "America/Lima",
    "Rangoon": "Asia/Yangon",
    "Samoa": "Pacific/Apia",
    "Sapporo": "Asia/Tokyo",
    "Saskatchewan": "America/Regina",
    "Solomon Is.": "Pacific/Guadalcanal",
    "Sri Jayawardenepura": "Asia/Colombo",
    "St. Petersburg": "Europe/Moscow",
    "Tokelau Is.": "Pacific/Fakaofo",
    "Wellington": "Pacific/Auckland",
    "West Central Africa": "Africa/Algiers",
}

RAILS_ZONES: Mapping[str, str] = {
    **{zone.rpartition("/")[2].replace("_", " "): zone for zone in _NAMED_AS_THEIR_PLACE.split()},
    **_OTHERS,
}
"""Rails' name of a zone, and the IANA identifier behind it."""

_IDENTIFIERS = frozenset(RAILS_ZONES.values())
_IDENTIFIER = re.compile(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}")


def identifier_of(name: str) -> str | None:
    """Return the IANA identifier that a time zone's name stands for, or None where it names none."""
    if name in RAILS_ZONES:
        return RAILS_ZONES[name]
    # A machine without the database of time zones still knows those that Rails has a name for.
    if name in _IDENTIFIERS or (_IDENTIFIER.fullmatch(name) and _is_known(name)):
        return name
    return None


def _is_known(identifier: str) -> bool:
    try:
        ZoneInfo(identifier)
    except (KeyError, ValueError, OSError):
        return False
    return True
