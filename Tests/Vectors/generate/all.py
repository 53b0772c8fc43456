"""Writes every vector file below the directory given: python3 all.py Tests/Vectors"""

import sys

import base
import calibration_error
import conformal
import isotonic
import quantize
import quantize_storage
import temperature

FAMILIES = [base, isotonic, conformal, temperature, calibration_error, quantize, quantize_storage]


def main(root):
    for family in FAMILIES:
        for file in family.files():
            file.write(root)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
