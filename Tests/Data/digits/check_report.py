"""Checks the page that `quantcal demo --report` wrote against the table that it printed.

    python3 check_report.py REPORT.html PRINTED.txt [TEXT]

The page must be well-formed, need nothing beside itself, have its pictures labelled and inside their
frames, and say the numbers that were printed (and TEXT, if given).
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

from counting import check, finish

FOREIGN = {
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "video",
    "audio",
    "source",
    "base",
    "form",
    "use",
}


def text_of(element):
    return " ".join(" ".join(element.itertext()).split())


def picture(number, svg):
    name = f"picture {number}"
    _, _, width, height = map(float, svg.get("viewBox").split())
    places = []
    for mark in svg.iter():
        values = [mark.get(key) for key in ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy") if mark.get(key)]
        values += mark.get("points", "").replace(",", " ").split()
        places += [float(value) for value in values]
    check(
        f"{name} stays within its frame", places and all(0 <= p <= max(width, height) for p in places), places
    )
    label = svg.get("aria-label", "")
    words = [text.text for text in svg.iter("text")]
    titles = re.findall(r"(?:Horizontal|Vertical): (.*?)\.(?= Vertical|$)", label)
    check(
        f"{name} has both axes named, and says so",
        len(titles) == 2 and all(t in words for t in titles),
        label,
    )
    check(f"{name} has ticks", sum(text.get("class") == "tick" for text in svg.iter("text")) >= 6)
    marks = [mark for mark in svg.iter("circle")]
    check(f"{name} shows data", len(marks) >= 1 and all(float(mark.get("r")) > 0 for mark in marks))


def main():
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    printed = Path(sys.argv[2]).read_text(encoding="utf-8")
    page = ElementTree.fromstring(source)
    check("the page is well-formed", page.tag == "html" and source.startswith("<!DOCTYPE html>"))
    tags = {element.tag for element in page.iter()}
    check("no element fetches or runs anything", not tags & FOREIGN, tags & FOREIGN)
    attributes = {key for element in page.iter() for key in element.keys()}
    check(
        "no attribute does",
        not {a for a in attributes if a in ("src", "href", "style") or a.startswith("on")},
    )
    check("no address, no style from elsewhere", not re.search(r"https?:|url\(|@import|data:", source))
    metas = {meta.get("name"): meta.get("content") for meta in page.iter("meta")}
    check("it fits a phone", metas.get("viewport", "").startswith("width=device-width"))
    style = page.find("head/style").text
    for media in ("print", "prefers-color-scheme: dark", "max-width"):
        check(f"its style knows {media}", re.search(rf"@media \(?{media}", style) is not None)

    pictures = list(page.iter("svg"))
    check("there are nine pictures", len(pictures) == 9, len(pictures))
    for number, svg in enumerate(pictures, 1):
        picture(number, svg)
    figures = list(page.iter("figure"))
    check(
        "each figure says what to see",
        figures and all(len(text_of(f.find("figcaption"))) > 60 for f in figures),
    )

    rows = {text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in page.find(".//table/tbody")}
    lines = [
        line.replace(",", "", 1) for line in printed.splitlines() if re.match(r"\S.*  +\S+( +\S+){4}$", line)
    ]
    check(
        "the table has 25 rows, as the printed one",
        len(rows) == len(lines) == 25,
        (len(rows), len(lines)),
    )
    for line, (title, values) in zip(lines, rows.items()):
        check(f"{title} is as printed", line.split() == title.split() + values, line)
    check("no printed line of the table is wider than 80", all(len(line) < 80 for line in lines))
    for text in sys.argv[3:]:
        check(f"it says {text}", text in text_of(page), text_of(page)[-300:])
    finish()


if __name__ == "__main__":
    main()
