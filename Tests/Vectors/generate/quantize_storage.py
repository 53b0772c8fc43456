"""Family `quantize`: packed storage."""

from files import Matrix0, VectorFile


def files():
    return [pack_file(), unpack_file()]


def pack(rows, bits):
    """Row by row, code j in the bits from bit j * bits on."""
    packed = []
    for row in rows:
        whole = sum((code & (2**bits - 1)) << (j * bits) for j, code in enumerate(row))
        packed += whole.to_bytes((len(row) * bits + 7) // 8, "little")
    return packed


def unpack(packed, rows, columns, bits, is_signed):
    stride = (columns * bits + 7) // 8
    codes = []
    for i in range(rows):
        whole = int.from_bytes(bytes(packed[i * stride:(i + 1) * stride]), "little")
        row = [whole >> (j * bits) & (2**bits - 1) for j in range(columns)]
        codes.append([code - 2**bits if is_signed and code >= 2 ** (bits - 1) else code for code in row])
    return codes


def every_code(bits, is_signed, columns):
    low = -(2 ** (bits - 1)) if is_signed else 0
    return [[low + (5 * i + 3 * j) % 2**bits for j in range(columns)] for i in range(2)]


def pack_file():
    def solve(format, unpacked, bits, is_signed):
        return {"packed": pack(unpacked, bits)}

    file = VectorFile("quantize/pack.json", "qc_quantize_pack", [""],
                      "each row as one integer, written in little-endian bytes (generate/quantize.py)", solve)
    for bits in range(1, 9):
        for is_signed in [0, 1]:
            file.add(f"{bits} bits, {'signed' if is_signed else 'unsigned'}", bits=bits, is_signed=is_signed,
                     unpacked=every_code(bits, is_signed, 11))
    for columns in [1, 2, 7, 8, 16, 33]:
        file.add(f"3 bits, {columns} columns", unpacked=every_code(3, 0, columns), bits=3, is_signed=0)
    file.add("the first of two 4-bit codes is the low half", unpacked=[[1, 2]], bits=4, is_signed=0)
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"packed": []}, unpacked=Matrix0(rows, columns), bits=4,
                    is_signed=0)
    for bits in [0, 9, -1]:
        file.refuse(f"{bits} bits", "QC_ERR_DOMAIN", "bits", unpacked=[[0]], bits=bits, is_signed=0)
    file.refuse("an unsigned code too large", "QC_ERR_DOMAIN", "unpacked", unpacked=[[1, 2], [16, 3]], bits=4,
                is_signed=0)
    file.refuse("a signed code too large", "QC_ERR_DOMAIN", "unpacked[1]", unpacked=[[7, 8]], bits=4, is_signed=1)
    file.refuse("a signed code too small", "QC_ERR_DOMAIN", "unpacked[0]", unpacked=[[-9]], bits=4, is_signed=1)
    return file


def unpack_file():
    def solve(format, packed, rows, columns, bits, is_signed):
        return {"unpacked": unpack(packed, rows, columns, bits, is_signed)}

    file = VectorFile("quantize/unpack.json", "qc_quantize_unpack", [""],
                      "each row as one little-endian integer, cut into codes (generate/quantize.py)", solve)
    for bits in range(1, 9):
        for is_signed in [0, 1]:
            stride = (11 * bits + 7) // 8
            file.add(f"{bits} bits, {'signed' if is_signed else 'unsigned'}", rows=2, columns=11, bits=bits,
                     packed=[(97 * k + 55) % 256 for k in range(2 * stride)], is_signed=is_signed)
    for columns in [1, 2, 7, 8, 16, 33]:
        stride = (columns * 5 + 7) // 8
        file.add(f"5 bits, {columns} columns", packed=[(61 * k + 200) % 256 for k in range(3 * stride)], rows=3,
                 columns=columns, bits=5, is_signed=1)
    file.add("bits after the last code are ignored", packed=[0xF1, 0x0E], rows=2, columns=1, bits=4, is_signed=0)
    for rows, columns in [(0, 5), (3, 0)]:
        file.expect(f"{rows} rows, {columns} columns", {"unpacked": Matrix0(rows, columns)}, packed=[], rows=rows,
                    columns=columns, bits=4, is_signed=0)
    for bits in [0, 9, -1]:
        file.refuse(f"{bits} bits", "QC_ERR_DOMAIN", "bits", packed=[0], rows=1, columns=1, bits=bits, is_signed=0)
    return file
