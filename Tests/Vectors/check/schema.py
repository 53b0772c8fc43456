"""Checks every vector file against schema.json: python3 schema.py Tests/Vectors

Also what a schema cannot say: types are among the file's, names are not used twice, sizes are small.
"""

import json
import pathlib
import sys

import jsonschema

LARGEST = 160_000  # bytes; files are for reading, too


def main(root):
    schema = json.loads((root / "schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = 0
    paths = sorted(root.glob("*/*.json"))
    for path in paths:
        errors = list(errors_in(path, validator))
        failed += bool(errors)
        for error in errors:
            print(f"FAILED: {path.relative_to(root)}: {error}")
    print(f"{len(paths) - failed} passed, {failed} failed")
    return failed == 0 and len(paths) > 0


def errors_in(path, validator):
    text = path.read_text()
    if len(text) > LARGEST:
        yield f"{len(text)} bytes; the limit is {LARGEST}"
    content = json.loads(text)
    for error in validator.iter_errors(content):
        yield f"{error.json_path}: {error.message[:200]}"
    seen = set()
    for case in content["cases"]:
        for type in case.get("types", content["types"]):
            if type not in content["types"]:
                yield f"{case['name']}: type {type!r} is not one of the file's"
            if (case["name"], type) in seen:
                yield f"{case['name']}: there are two of this name and type {type!r}"
            seen.add((case["name"], type))


if __name__ == "__main__":
    sys.exit(0 if main(pathlib.Path(sys.argv[1])) else 1)
