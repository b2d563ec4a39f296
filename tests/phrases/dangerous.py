"""What must never stand in a sentence about a medicine, in any language."""

import re

# ISMP's List of Error-Prone Abbreviations, Symbols, and Dose Designations, and the Joint Commission's "Do Not
# Use" list; "mL", "AM" and "PM" are none of them.
FORBIDDEN_ANYHOW = re.compile(r"[µ@&/°<>≥≤½¼¾×]|\bcc\b|\d\.0+\b|\d\.\d*0\b|(?<!\d)\.\d")
FORBIDDEN_WORDS = re.compile(
    r"\b(U|IU|u|iu|q\.?d|q\.?o\.?d|qhs|qn|q\d+h|b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|t\.?i\.?w|b\.?i\.?w|h\.?s|prn"
    r"|p\.?r\.?n|po|per os|sc|sq|subq|ss|ssi|ssri|sl|s\.?l|im|iv|in|[oa][dsu]|d/c|dc|mg|mcg|ug|ml|gtt|tab"
    r"|cap|supp|tsp|tbsp|ac|pc|bt|ij|hr|hrs|wk|mo|x\d+"
    r"|BID|TID|QID|QD|QOD|HS|PRN|PO|SC|SQ|OD|OS|OU|AD|AS|AU|SL|D\d+)\b(?!')"
)
ENGLISH_WORDS_AMONG_THEM = {"in", "as"}  # the words, not "intranasal" and the left ear


def forbidden(sentence: str) -> list[str]:
    found = [match.group() for match in FORBIDDEN_ANYHOW.finditer(sentence)]
    found += [match.group() for match in FORBIDDEN_WORDS.finditer(sentence)]
    return [one for one in found if one not in ENGLISH_WORDS_AMONG_THEM]
