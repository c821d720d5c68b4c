"""Counts two files as a person with two sheets would, from what `simulator reconcile --reasons` says of each code."""

import unicodedata
from collections import Counter
from itertools import combinations
from urllib.parse import unquote

COHORT = ["amplitude_id", "user_id", "email", "device"]
USERS = ["id", "identifier", "device_type", "invalid_identifier", "external_user_id", "notification_types", "tags"]
PLACEHOLDERS = {"null", "undefined", "0"}
UNDONE = [
    unquote,
    lambda text: unicodedata.normalize("NFKC", text),
    lambda text: "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) != "Cf"),
    str.casefold,
    lambda text: text.lstrip("0") if text.isdigit() else text,
]
LEADING_ZEROS = (4,)
ADDRESSES = {"11", "14"}


def count(cohort, users):
    """Give how many members each code holds, and how many subscriptions the segment has.

    "" is for those who can be reached, and "again" for lines that repeat another.
    """
    last = {row["id"]: row for row in users if row["id"]}
    channels = list(last.values())
    bare = {row["external_user_id"] for row in users if not row["id"]}
    counted = Counter()
    for place, member in enumerate(cohort):
        code = _code(member, cohort[:place], cohort, channels, bare)
        counted[code] += 1
        if code == "":
            counted["subscriptions"] += len(_subscribed(_mine(member, channels)))
    return counted


def _code(member, earlier, cohort, channels, bare):
    value, mine = member["user_id"], _mine(member, channels)
    who = (member["amplitude_id"], value)
    if any(who) and who in [(each["amplitude_id"], each["user_id"]) for each in earlier]:
        return "again"
    if not value.strip():
        return "A02"
    is_there = bool(mine) or value in bare
    if value in [each["user_id"] for each in earlier] and (is_there or value not in PLACEHOLDERS):
        return "A43"
    if not is_there:
        return _absent(member, cohort, channels, bare)
    if not mine:
        return _nobodys(member, channels) or "A10"
    return "" if _subscribed(mine) else "A11"


def _absent(member, cohort, channels, bare):
    value = member["user_id"]
    owned = [row for row in channels if row["external_user_id"]]
    if value in PLACEHOLDERS:
        return "A07"
    spelling = _spelling(value, [row["external_user_id"] for row in owned])
    if spelling:
        return spelling
    if len(value.encode()) > 1024:
        return "A09"
    if any(row["device_type"] in ADDRESSES and row["identifier"].lower() == value.lower() for row in owned):
        return "A03"
    values = [each["user_id"] for each in cohort]
    mail, known = member["email"], {row["external_user_id"] for row in owned} | bare - {""}
    if len(mail) > 4 and mail not in values and mail in known:
        return "A03"
    return _nobodys(member, channels) or _twin(member, cohort, known) or "A03"


def _spelling(value, external_ids):
    for size in range(1, len(UNDONE) + 1):
        found = [way for way in combinations(range(len(UNDONE)), size) if _meets(value, external_ids, way)]
        if found:
            return "A04" if (3,) in found else "A03" if found == [LEADING_ZEROS] else "A05"
    return ""


def _meets(value, external_ids, way):
    return any(_undo(value, way) == _undo(external_id, way) for external_id in external_ids)


def _undo(text, way):
    for each in way:
        text = UNDONE[each](text)
    return text


def _nobodys(member, channels):
    clues = [clue for clue in (member["user_id"], member["email"], member["device"]) if clue]
    orphans = [row for row in channels if not row["external_user_id"]]
    for clue in clues:
        if any(row["device_type"] in ADDRESSES and row["identifier"].lower() == clue.lower() for row in orphans):
            return "A16"
    return "A18" if any(row["id"] in clues for row in orphans) else ""


def _twin(member, cohort, known):
    for other in cohort if "@" in member["email"] else ():
        is_other = other["user_id"] != member["user_id"] and other["email"].lower() == member["email"].lower()
        if is_other and other["user_id"] in known:
            return "A44"
    return ""


def _mine(member, channels):
    return [row for row in channels if row["external_user_id"] == member["user_id"] and member["user_id"]]


def _subscribed(channels):
    def says_yes(row):
        types = row["notification_types"]
        return types in {"", "1", "31"} or (types in {"0", "-99"} and row["device_type"] in ADDRESSES)

    return [row for row in channels if row["invalid_identifier"] in {"f", "false"} and says_yes(row)]
