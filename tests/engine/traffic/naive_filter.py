#!/usr/bin/env python3
"""The filter language once more, slowly and without any of the product's code: reads {"now_ms", "events", "filters"} from
a file and prints, for each filter, the indexes of the events that it matches, or the position of its first fault in the
grammar. An event is a plain description of what was put into it; a field that it lacks is not among its names."""
import datetime
import json
import re
import sys

RESERVED = {"and", "or", "not"}
NUMBERS = {"partition", "offset", "version", "size", "latency", "time"}
TIME = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
SIZE = {"B": 1, "kB": 1000, "MB": 1_000_000}


def tokens(text):
    """(kind, value): "(", ")", "word", "string", or "field" with (name, operator, values)."""
    at, found = 0, []
    string = re.compile(r'"((?:[^"\\]|\\["\\])*)"')

    def value():
        nonlocal at
        match = string.match(text, at)
        if match:
            at = match.end()
            return (re.sub(r"\\(.)", r"\1", match[1]), True)
        match = re.compile(r'[^\s(),"]+').match(text, at)
        at = match.end()
        return (match[0], False)

    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] in "()":
            found.append((text[at], None))
            at += 1
        elif text[at] == '"':
            found.append(("string", value()[0]))
        else:
            match = re.compile(r'([^\s(),":<>~]*)(:|>=|>|<=|<|~)').match(text, at)
            if not match:
                found.append(("word", value()[0]))
            elif match[2] == "~":
                expression = re.compile(r"/((?:[^/\\]|\\.)*)/").match(text, match.end())
                at = expression.end()
                found.append(("field", (match[1], "~", [(expression[1], False)])))
            else:
                at = match.end()
                values = [value()]
                while at < len(text) and text[at] == ",":
                    at += 1
                    values.append(value())
                found.append(("field", (match[1], match[2], values)))
    return found


def parse(text):
    """A function of (event, now_ms)."""
    rest = tokens(text)

    def ahead(word):
        return rest and rest[0] == ("word", word)

    def any_of():
        parts = [all_of()]
        while ahead("or"):
            rest.pop(0)
            parts.append(all_of())
        return lambda e, n: any([p(e, n) for p in parts])

    def all_of():
        parts = [unary()]
        while rest and rest[0][0] != ")" and not ahead("or"):
            if ahead("and"):
                rest.pop(0)
            parts.append(unary())
        return lambda e, n: all([p(e, n) for p in parts])

    def unary():
        if ahead("not"):
            rest.pop(0)
            inner = primary()
            return lambda e, n: not inner(e, n)
        return primary()

    def primary():
        kind, what = rest.pop(0)
        if kind == "(":
            inner = any_of()
            assert rest.pop(0)[0] == ")"
            return inner
        if kind == "field":
            return lambda e, n: compare(e, n, *what)
        return lambda e, n: looks(e, what, kind == "word")

    return any_of() if rest else lambda e, n: True


def wild(word, text, quoted, whole):
    if quoted:
        return word == text if whole else word in text
    pattern = ".*".join(re.escape(part) for part in word.split("*"))
    return bool((re.fullmatch if whole else re.search)(pattern, text, re.S))


def looks(event, word, is_word):
    places = [event.get("key"), event.get("type"), event.get("user"), event.get("handle")]
    places += [v for _, v in event["headers"]]
    if "payload" in event:
        places.append(json.dumps(event["payload"], ensure_ascii=False, separators=(",", ":")))
    return any(wild(word.lower(), place.lower(), not is_word, False) for place in places if place is not None)


def number(text):
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)(us|ms|s|m|h|d|B|kB|MB)?", text)
    if not match:
        return None
    plain = float(match[1]) if "." in match[1] else int(match[1])
    return plain * {**TIME, **SIZE}[match[2]] if match[2] else plain


def time_ms(text, now_ms):
    if re.fullmatch(r"\d\d:\d\d(:\d\d)?", text):
        today = datetime.datetime.fromtimestamp(now_ms / 1000, datetime.timezone.utc).date()
        parts = [int(p) for p in text.split(":")] + [0]
        midnight = datetime.datetime.combine(today, datetime.time(), datetime.timezone.utc)
        return midnight.timestamp() * 1000 + parts[0] * 3_600_000 + parts[1] * 60_000 + parts[2] * 1000
    if text.startswith("-"):
        return now_ms + number(text) if number(text) is not None else None
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        parsed = datetime.datetime.strptime(text.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z" if "." in text else "%Y-%m-%dT%H:%M:%S%z")
        return round(parsed.timestamp() * 1000, 3)
    return None


def order(op, a, b):
    return {":": a == b, ">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b}[op]


def text_is(text, op, values):
    if op == "~":
        return bool(re.search(values[0][0].replace("\\/", "/"), text))
    return any(wild(v, text, quoted, True) for v, quoted in values)


def at_path(value, names):
    if isinstance(value, list):
        return [found for each in value for found in at_path(each, names)]
    if not names:
        return [value]
    return at_path(value[names[0]], names[1:]) if isinstance(value, dict) and names[0] in value else []


def dynamic(value, op, values, now_ms, header):
    if value is None or isinstance(value, dict):
        return op == ":" and ("*", False) in values and value is not None
    if op == ":" and ("*", False) in values:
        return True
    if isinstance(value, bool):
        return op in ":~" and text_is("true" if value else "false", op, values)
    if isinstance(value, (int, float)):
        if op == "~":
            return text_is(str(value), op, values)
        for v, quoted in values:
            wanted = None if quoted else number(v)
            if wanted is not None and order(op, value, wanted):
                return True
            if wanted is None and op == ":" and not quoted and wild(v, str(value), False, True):
                return True
        return False
    if op in ":~":
        if text_is(value, op, values):
            return True
        mine = time_ms(value, now_ms) if re.fullmatch(r"\d{4}-.*Z", value) and not header else None
        return op == ":" and any(mine is not None and time_ms(v, now_ms) == mine for v, _ in values)
    v, quoted = values[0]
    if quoted and time_ms(v, now_ms) is None:
        return order(op, value.encode(), v.encode())
    if time_ms(v, now_ms) is not None and re.fullmatch(r"\d{4}-.*Z", value):
        return order(op, time_ms(value, now_ms), time_ms(v, now_ms))
    if header and number(v) is not None and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return order(op, float(value), number(v))
    return False


def compare(event, now_ms, field, op, values):
    if field == "is":
        return any(event["flags"].get(v, False) for v, _ in values)
    if field.startswith("header."):
        return any(dynamic(v, op, values, now_ms, True) for name, v in event["headers"] if name == field[7:])
    if field.startswith("payload."):
        found = at_path(event["payload"], field[8:].split(".")) if "payload" in event else []
        return any(dynamic(v, op, values, now_ms, False) for v in found)
    if field not in event:
        return False
    if field in NUMBERS:
        wanted = [None if v == "*" else time_ms(v, now_ms) if field == "time" else number(v) for v, _ in values]
        return any(w is None or order(op, event[field], w) for w in wanted)
    names = [event[field]] + ([event["handle"]] if field == "user" and "handle" in event else [])
    return any(text_is(name, op, values) for name in names)


given = json.load(open(sys.argv[1], encoding="utf-8"))
for line in given["filters"]:
    matches = parse(line)
    print(json.dumps([i for i, event in enumerate(given["events"]) if matches(event, given["now_ms"])]))
