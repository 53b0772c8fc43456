import QuantcalCore

/// Packs codes of one byte each, the low `bits` (1 to 8) of each, row by row. C: `qc_quantize_pack`.
public func packCodes(_ codes: Matrix<UInt8>, bits: Int, isSigned: Bool) throws(QuantcalError) -> [UInt8] {
    let bytes = try PackedCodes.bytes(rows: codes.rows, columns: codes.columns, bits: bits)
    return try filled(bytes) { (packed: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(codes.elements) { unpacked throws(QuantcalError) in
            try PackedCodes.pack(
                unpacked, rows: codes.rows, columns: codes.columns, bits: bits, isSigned: isSigned,
                into: packed)
        }
    }
}

/// The inverse of `packCodes`: one byte a code, sign-extended if signed. C: `qc_quantize_unpack`.
public func unpackCodes(
    _ packed: [UInt8], rows: Int, columns: Int, bits: Int, isSigned: Bool
) throws(QuantcalError) -> Matrix<UInt8> {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !overflow else {
        throw QuantcalError(.size, "a matrix of \(rows) x \(columns) cannot be")
    }
    let bytes = try PackedCodes.bytes(rows: rows, columns: columns, bits: bits)
    try requireCount(packed.count, bytes, "packed")
    let codes = try filled(count) { (codes: UnsafeMutablePointer<UInt8>) throws(QuantcalError) in
        try withBuffer(packed) { packed throws(QuantcalError) in
            guard let base = packed.baseAddress, count > 0 else { return }
            try PackedCodes.unpack(
                base, rows: rows, columns: columns, bits: bits, isSigned: isSigned, into: codes)
        }
    }
    return Matrix(unchecked: rows, columns, codes)
}
