import CQuantcal
import QuantcalCore

@c @implementation
public func qc_quantize_pack(
    _ unpacked: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int, _ bits: Int32, _ is_signed: Int32,
    _ packed: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        let bytes = try PackedCodes.bytes(rows: rows, columns: columns, bits: Int(bits))
        let input = try Boundary.input(unpacked, count, "unpacked")
        let output = try Boundary.output(packed, bytes, "packed")
        try Region.requireDisjoint(
            outputs: [Region(packed, bytes, "packed")], inputs: [Region(unpacked, count, "unpacked")])
        try PackedCodes.pack(
            input, rows: rows, columns: columns, bits: Int(bits), isSigned: is_signed != 0, into: output)
    }
}

@c @implementation
public func qc_quantize_unpack(
    _ packed: UnsafePointer<UInt8>!, _ rows: Int, _ columns: Int, _ bits: Int32, _ is_signed: Int32,
    _ unpacked: UnsafeMutablePointer<UInt8>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let count = try Boundary.product(rows, columns, ("rows", "columns"))
        let bytes = try PackedCodes.bytes(rows: rows, columns: columns, bits: Int(bits))
        let input = try Boundary.input(packed, bytes, "packed")
        let output = try Boundary.output(unpacked, count, "unpacked")
        try Region.requireDisjoint(
            outputs: [Region(unpacked, count, "unpacked")], inputs: [Region(packed, bytes, "packed")])
        guard let base = input.baseAddress else { return }
        try PackedCodes.unpack(
            base, rows: rows, columns: columns, bits: Int(bits), isSigned: is_signed != 0, into: output)
    }
}
