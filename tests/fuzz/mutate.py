"""Ways to break an input: as bytes, as text, as a table, as a tree and as an archive. All chance comes from the generator given."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from random import Random

from fuzz.pieces import EVERYTHING, MARKUP, NUMBERS, SIGNS, WORDS

LARGEST = 200_000
"""Bytes of an input; a few are made longer on purpose (``stretched``)."""


def encoded(text: str) -> bytes:
    """Text as bytes, half characters too."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """Bytes as the text they were made of."""
    return data.decode("utf-8", "surrogateescape")


def raw(rng: Random, data: bytes) -> bytes:
    """A few bytes changed, left out, said again, put in or cut off."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(made) + 1)
        end = min(len(made), at + rng.choice((1, 1, 2, 8, 64, 512)))
        match rng.randrange(7):
            case 0 if made:
                made[min(at, len(made) - 1)] ^= 1 << rng.randrange(8)
            case 1:
                del made[at:end]
            case 2:
                made[at:at] = made[at:end] * rng.choice((1, 1, 2, 20))
            case 3:
                made[at:at] = encoded(rng.choice(EVERYTHING))
            case 4:
                made[at:end] = encoded(rng.choice(EVERYTHING))
            case 5 if rng.random() < 0.3:
                del made[at:]
            case _:
                made[at:end] = rng.randbytes(end - at)
    return bytes(made[:LARGEST])


_SMALL = tuple(encoded(each) for each in (*NUMBERS, *SIGNS, *WORDS))


def small(rng: Random, data: bytes) -> bytes:
    """One piece put in, in the place of another, or taken out: quick, for small texts by the hundred thousand."""
    at = int(rng.random() * (len(data) + 1))
    end = at + int(rng.random() * 4)
    chance = rng.random()
    if chance < 0.2:
        return data[:at] + data[end:]
    if chance < 0.3:
        return data[:at] + data[at:end] * 2 + data[end:]
    piece = _SMALL[int(rng.random() * len(_SMALL))]
    return data[:at] + piece + data[at if chance < 0.7 else end :]


def worded(rng: Random, data: bytes) -> bytes:
    """Numbers and words exchanged for others, pieces put in between."""
    text = decoded(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        found = list(re.finditer(r"[0-9][0-9.,]*|[A-Za-z_]+|[^\w\s]", text[:20_000]))
        if not found:
            return data + encoded(rng.choice(EVERYTHING))
        one = rng.choice(found)
        if one[0][0].isdigit():
            put = rng.choice(NUMBERS)
        else:
            put = rng.choice(
                (
                    rng.choice(WORDS),
                    rng.choice(SIGNS),
                    rng.choice(EVERYTHING),
                    one[0] * 2,
                    one[0] + rng.choice(SIGNS),
                    "",
                )
            )
        text = text[: one.start()] + put + text[one.end() :]
    return (
        text.encode("utf-8", "surrogateescape" if rng.random() < 0.5 else "replace")
        if _fit(text)
        else encoded(_no_escapes(text))
    )


def _fit(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _no_escapes(text: str) -> str:
    return "".join(sign for sign in text if not "\udc80" <= sign <= "\udcff")


def encodings(rng: Random, data: bytes) -> bytes:
    """The same text in another encoding, with or without a byte order mark, or with half of it in another."""
    text = _no_escapes(decoded(data))
    name = rng.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "utf-8-sig", "utf-7", "cp437", "shift_jis")
    )
    other = text.encode(name, "replace")
    return other if rng.random() < 0.7 else encoded(text[: len(text) // 2]) + other[len(other) // 2 :]


def stretched(rng: Random, data: bytes) -> bytes:
    """A piece said thousands of times, somewhere in the middle: what takes time without end must take it here."""
    at = rng.randrange(len(data) + 1)
    own = data[at : at + rng.choice((1, 2, 3, 7, 20))]
    piece = own if own and rng.random() < 0.4 else encoded(rng.choice(EVERYTHING))
    again = rng.choice((50, 300, 2_000, 10_000))
    return data[:at] + (piece * again)[:60_000] + data[at:]


def table(rng: Random, data: bytes) -> bytes:
    """A cell, a row or a column of a CSV text changed; quotes and separators that do not fit."""
    text = _no_escapes(decoded(data))
    separator = next((each for each in "\t;" if each in text[:200]), ",")
    try:
        rows = [list(row) for row in csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)][
            :200
        ]
    except csv.Error:
        return worded(rng, data)
    rows = [row for row in rows if row] or [["source"]]
    for _ in range(rng.choice((1, 1, 2, 4))):
        row = rng.choice(rows)
        at = rng.randrange(len(row))
        match rng.randrange(10):
            case 0 | 1 | 2:
                row[at] = rng.choice(NUMBERS)
            case 3:
                row[at] = rng.choice(EVERYTHING) * rng.choice((1, 1, 3, 700))
            case 4:
                row[at] += rng.choice(SIGNS)
            case 5:
                rows[0].append(rng.choice(rows[0]))
            case 6 if len(row) > 1:
                del row[at]
            case 7:
                rows.insert(rng.randrange(len(rows) + 1), list(rng.choice(rows)))
            case 8:
                rows[0][rng.randrange(len(rows[0]))] = rng.choice(WORDS)
            case _:
                row.insert(at, rng.choice(WORDS))
    out = io.StringIO()
    kind = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    csv.writer(
        out,
        delimiter=rng.choice((separator,) * 6 + (";", "\t")),
        quoting=kind,
        lineterminator=rng.choice(("\n", "\r\n", "\n", "\r")),
    ).writerows(rows)
    return encoded(out.getvalue())


def tree(rng: Random, data: bytes) -> bytes:  # noqa: C901, PLR0912 - a list of ways
    """A value of a JSON text left out, exchanged, nested, said twice, or put elsewhere."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return worded(rng, data)
    places: list[tuple[dict | list, object]] = []
    pending = [value]
    while pending and len(places) < 5_000:
        one = pending.pop()
        if isinstance(one, (dict, list)):
            for key, inner in one.items() if isinstance(one, dict) else enumerate(one):
                places.append((one, key))
                pending.append(inner)
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not places:
            return encoded(json.dumps(_strange(rng)))
        holder, key = rng.choice(places)
        if (isinstance(holder, list) and key >= len(holder)) or (isinstance(holder, dict) and key not in holder):
            continue
        match rng.randrange(6):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[rng.choice(EVERYTHING)] = holder.pop(key)
            case 2:
                source, name = rng.choice(places)
                present = name in source if isinstance(source, dict) else name < len(source)
                if present:
                    holder[key] = json.loads(json.dumps(source[name]))
            case _:
                holder[key] = _strange(rng)
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.1 and '": ' in text:
        at = rng.choice([match.start() for match in re.finditer(r'"[^"\\]*": ', text)][:200])
        text = text[:at] + re.match(r'"[^"\\]*": ', text[at:])[0] + '"again", ' + text[at:]
    return encoded(text)


def _strange(rng: Random) -> object:
    deep: object = rng.choice(NUMBERS)
    for _ in range(rng.choice((1, 3, 200))):
        deep = [deep]
    return rng.choice((
        None, True, False, 0, -1, 2**63, 10**400, 1e308, float("nan"), float("inf"), -0.0, "", " ", [], {}, [[]], [None], {"": ""}, deep,
        rng.choice(NUMBERS), rng.choice(SIGNS), rng.choice(WORDS), rng.choice(EVERYTHING), [rng.choice(NUMBERS)], {"a": rng.choice(NUMBERS)}, "x" * 3_000,
    ))  # fmt: skip


def elements(rng: Random, data: bytes) -> bytes:
    """A tag or an attribute of markup left out, doubled, moved or exchanged; the text in it, too."""
    text = decoded(data)
    found = list(re.finditer(r"<[^<>]*>", text[:LARGEST]))
    if len(found) < 2:
        return worded(rng, data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        one, two = sorted(rng.sample(range(len(found)), 2))
        a, b = found[one], found[two]
        match rng.randrange(7):
            case 0:
                text = text[: a.start()] + text[a.end() :]
            case 1:
                text = (
                    text[: a.start()] + text[a.start() : b.end()] * 2 + text[b.end() :]
                    if b.end() - a.start() < 5_000
                    else text
                )
            case 2:
                text = text[: a.start()] + b[0] + text[a.end() :]
            case 3:
                text = text[: a.end()] + rng.choice(MARKUP) + text[a.end() :]
            case 4:
                new = re.sub(
                    r"=(\"[^\"]*\"|'[^']*')",
                    lambda m: (
                        m[0]
                        if rng.random() < 0.6
                        else "=" + json.dumps(rng.choice((*NUMBERS, *SIGNS[:30], "", *WORDS)))
                    ),
                    a[0],
                )
                text = text[: a.start()] + new + text[a.end() :]
            case 5:
                text = text[: a.end()] + rng.choice(EVERYTHING) + text[a.end() :]
            case _:
                text = (
                    text[: a.start()] + re.sub(r"\s[\w:-]+=(\"[^\"]*\"|'[^']*')", "", a[0], count=1) + text[a.end() :]
                )
        found = list(re.finditer(r"<[^<>]*>", text[:LARGEST]))
        if len(found) < 2:
            break
    return (
        text.encode("utf-8", "surrogateescape")
        if rng.random() < 0.9 and not re.search("[\ud800-\udbff]|[\ude00-\udfff]", text)
        else encoded(_no_escapes(text))
    )


def archive(rng: Random, data: bytes) -> bytes:
    """One part of a zip archive changed or left out, added, said twice, bombed, named oddly or packed otherwise."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as given:
            parts = [(each.filename, given.read(each)) for each in given.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return raw(rng, data)
    if not parts or rng.random() < 0.15:
        return raw(rng, data)
    at = rng.randrange(len(parts))
    name, body = parts[at]
    way = rng.randrange(14)
    if way == 0:
        del parts[at]
    elif way == 1:
        parts.append((name, rng.choice(parts)[1]))
    elif way == 2:
        parts.append((name, b"0" * rng.choice((1 << 20, 12 << 20))))
    elif way == 3:
        parts[at] = (rng.choice(("../" + name, "/" + name, name.upper(), name + "\0", "x" * 300, "")), body)
    else:
        change = (
            of_markup
            if body.lstrip()[:1] == b"<" or name.endswith((".xml", ".rels"))
            else of_csv
            if name.endswith((".csv", ".txt"))
            else (raw,)
        )
        parts[at] = (name, rng.choice(change)(rng, body))
    out = io.BytesIO()
    packed = zipfile.ZIP_DEFLATED if sum(len(body) for _, body in parts) > LARGEST else 0
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(
            out,
            "w",
            packed or rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2)),
        ) as made,
    ):
        warnings.simplefilter("ignore")  # a part said twice is meant
        for name, body in parts:
            made.writestr(zipfile.ZipInfo(name or "x"), body, compress_type=made.compression)
    return out.getvalue()


Change = Callable[[Random, bytes], bytes]
of_text: tuple[Change, ...] = (worded, worded, worded, raw, raw, stretched, encodings)
of_prose: tuple[Change, ...] = (*(worded, small, small, raw) * 8, stretched, encodings)
of_numbers: tuple[Change, ...] = (*(small,) * 60, raw, worded, encodings)
of_csv: tuple[Change, ...] = (table, table, table, table, worded, raw, stretched, encodings)
of_json: tuple[Change, ...] = (tree, tree, tree, tree, worded, raw, stretched, encodings)
of_markup: tuple[Change, ...] = (elements, elements, elements, elements, worded, raw, stretched, encodings)
of_archive: tuple[Change, ...] = (archive,)
of_bytes: tuple[Change, ...] = (raw, raw, raw, worded, stretched)


def made_of(rng: Random, seeds: tuple[bytes, ...], changes: tuple[Change, ...]) -> bytes:
    """A seed, changed once to four times; now and then two of them in one."""
    data = rng.choice(seeds)
    if rng.random() < 0.05:
        other = rng.choice(seeds)
        data = data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 4))):
        data = rng.choice(changes)(rng, data)
    return data
