"""Checks that every declared function has vectors and bindings: ... | python3 coverage.py ROOT

Reads the names of the declared functions, one a line. Each needs a vector file for its type, and
a mention in the sources of the Python package, of the R package and of the Swift overlay. A mention
without the type's suffix is enough there: clients choose the suffix when they run.
"""

import json
import pathlib
import re
import sys

SUFFIX = re.compile(r"_(f64|f32|f16|bf16)$")
CLIENTS = {
    "the Python package": ["bindings/python/**/*.py"],
    "the R package": ["bindings/R/src/*.[ch]", "bindings/R/src/*.cpp", "bindings/R/R/*.R"],
    "the Swift overlay": ["Sources/Quantcal/**/*.swift"],
}


def main(root, names):
    vectors = types_with_vectors(root / "Tests" / "Vectors")
    clients = {client: mentioned(root, patterns) for client, patterns in CLIENTS.items()}
    passed = failed = 0
    for name in names:
        missing = [client for client, stems in clients.items() if stem(name) not in stems]
        if name_type(name) not in vectors.get(stem(name), set()):
            missing.insert(0, "the vectors")
        for place in missing:
            print(f"FAILED: {name} is missing from {place}")
        failed += len(missing)
        passed += 1 + len(CLIENTS) - len(missing)
    for name in sorted(vectors.keys() - {stem(name) for name in names}):
        print(f"FAILED: {name} has vectors, but no declaration")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


def stem(name):
    return SUFFIX.sub("", name)


def name_type(name):
    match = SUFFIX.search(name)
    return match[1] if match else ""


def types_with_vectors(root):
    """The types of the cases of each function."""
    types = {}
    for path in root.glob("*/*.json"):
        content = json.loads(path.read_text())
        for case in content["cases"]:
            types.setdefault(content["function"], set()).update(case.get("types", content["types"]))
    return types


def mentioned(root, patterns):
    """The functions named in a client's sources; its tests do not count."""
    stems = set()
    for pattern in patterns:
        for path in root.glob(pattern):
            if not {"tests", "build"} & set(path.relative_to(root).parts):
                names = re.findall(r"\bqc_[a-z0-9_]+", path.read_text())
                stems.update(stem(name.rstrip("_")) for name in names)
    return stems


if __name__ == "__main__":
    sys.exit(0 if main(pathlib.Path(sys.argv[1]), sys.stdin.read().split()) else 1)
