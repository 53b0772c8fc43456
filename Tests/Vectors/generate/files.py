"""Cases and files: the same inputs in every type, the expected values rounded to it, JSON text."""

import json
import math
import os
from decimal import Decimal
from fractions import Fraction

from exact import F64, FORMATS


class Matrix0:
    """A matrix without elements."""

    def __init__(self, rows, columns):
        self.json = {"rows": rows, "columns": columns}


class Repeat:
    """An array of equal elements, written as such."""

    def __init__(self, element, count):
        self.element, self.count = element, count

    def __repr__(self):
        return f"{self.count} times {self.element!r}"


class AsTyped(float):
    """A number that is written in decimal however long it is."""


class VectorFile:
    """The cases of one function.

    `solve(format, **inputs)` computes the outputs, as exact numbers, from inputs already rounded.
    `inputs` and `outputs` name those that are floating point, with their C type: "T" (that of the
    run), "f64" or "f32".
    """

    def __init__(self, path, function, types, source, solve=None, inputs=None, outputs=None,
                 tolerance=None, tolerance_f32=None):
        self.path, self.types, self.solve = path, types, solve
        self.input_types, self.output_types = inputs or {}, outputs or {}
        self.tolerances = {"f32": tolerance_f32 or tolerance}
        self.cases = []
        self.head = {"function": function, "types": types, "source": source}
        if tolerance:
            self.head["tolerance"] = tolerance

    def add(self, name, types=None, tolerance=None, source=None, keep=None, **inputs):
        """A case whose outputs `solve` computes; `keep` names those that are compared."""
        self.put(name, types, tolerance, source, inputs, lambda format: {
            key: value for key, value in self.solve(format, **self.rounded(inputs, format)).items()
            if keep is None or key in keep})

    def expect(self, name, out, types=None, tolerance=None, source=None, **inputs):
        """A case whose outputs are written down."""
        self.put(name, types, tolerance, source, inputs, lambda format: out)

    def refuse(self, name, status, message, types=None, **inputs):
        """A case that is an error."""
        case = {"name": name}
        if types and types != self.types:
            case["types"] = types
        case |= {"in": inputs, "status": status}
        self.cases.append(case | ({"message": message} if message else {}))

    def put(self, name, types, tolerance, source, inputs, outputs_in):
        common = self.head.get("tolerance")
        groups = []  # types that agree in the expected values and the tolerance share a case
        for type in types or self.types:
            format = FORMATS.get(type, F64)
            out = self.rounded_outputs(outputs_in(format), format)
            wanted = tolerance or self.tolerances.get(type, common)
            for group in groups:
                again = self.rounded_outputs(group["out"], format)
                if group["tolerance"] == wanted and repr(again) == repr(out):  # NaN is itself
                    group["types"].append(type)
                    break
            else:
                groups.append({"types": [type], "tolerance": wanted, "out": out})
        for group in groups:
            case = {"name": name}
            if group["types"] != self.types:
                case["types"] = group["types"]
            if group["tolerance"] != common:
                case["tolerance"] = group["tolerance"]
            if source:
                case["source"] = source
            self.cases.append(case | {"in": inputs, "out": group["out"]})

    def rounded(self, inputs, format):
        return {key: expanded(self.round_as(self.input_types.get(key), value, format))
                for key, value in inputs.items()}

    def rounded_outputs(self, outputs, format):
        return {key: self.round_as(self.output_types.get(key), value, format)
                for key, value in outputs.items()}

    def round_as(self, type, value, format):
        if isinstance(value, Repeat):
            return Repeat(self.round_as(type, value.element, format), value.count)
        if isinstance(value, (list, tuple)):
            return [self.round_as(type, element, format) for element in value]
        if type is None or value is None or isinstance(value, (str, Matrix0)):
            return value
        return (format if type == "T" else FORMATS[type]).round(value)

    def write(self, root):
        path = os.path.join(root, self.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.text())

    def text(self):
        head = "".join(f"  {json.dumps(key)}: {one_line(value)},\n" for key, value in self.head.items())
        cases = ",\n".join(case_text(case) for case in self.cases)
        return "{\n" + head + '  "cases": [\n' + cases + "\n  ]\n}\n"


def expanded(value):
    return [value.element] * value.count if isinstance(value, Repeat) else value


WIDTH = 108


def case_text(case):
    """On one line if it fits, else a line a key, else also a line an input or output."""
    line = "    " + one_line(case)
    if len(line) <= WIDTH:
        return line
    parts = []
    for key, value in case.items():
        text = one_line(value)
        if isinstance(value, dict) and len(text) > WIDTH:
            inner = ",\n".join(f"        {json.dumps(k)}: {one_line(v)}" for k, v in value.items())
            text = "{\n" + inner + "\n      }"
        parts.append(f"      {json.dumps(key)}: {text}")
    return "    {\n" + ",\n".join(parts) + "\n    }"


def one_line(value):
    if isinstance(value, Matrix0):
        return one_line(value.json)
    if isinstance(value, Repeat):
        return one_line({"repeat": value.element, "count": value.count})
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {one_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(one_line(element) for element in value) + "]"
    if isinstance(value, (float, Fraction, Decimal)):
        return repr(float(value)) if isinstance(value, AsTyped) else number_text(float(value))
    if isinstance(value, int) and abs(value) > 2**53:
        return json.dumps(str(value))
    return json.dumps(value, ensure_ascii=False)


def number_text(x):
    """A short decimal as it is, anything longer in hexadecimal."""
    if not math.isfinite(x):
        return json.dumps({math.inf: "inf", -math.inf: "-inf"}.get(x, "nan"))
    if x == int(x) and abs(x) < 2**53 and not (x == 0 and math.copysign(1, x) < 0):
        return str(int(x))
    if len(repr(x)) <= 10:
        return repr(x)
    mantissa, exponent = x.hex().split("p")
    return json.dumps(mantissa.rstrip("0").rstrip(".") + "p" + exponent)
