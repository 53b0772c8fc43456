/// Packed storage of codes of 1 to 8 bits: each row starts on a byte, code j takes the bits from
/// j * bits on, the lowest bit of the first byte first. Eight codes fill `bits` bytes exactly, so any
/// run of 8 codes packs by itself.
public enum PackedCodes {
    /// Bytes of one row.
    public static func rowBytes(columns: Int, bits: Int) throws(QuantcalError) -> Int {
        let (whole, rest) = columns.quotientAndRemainder(dividingBy: 8)
        let (bytes, overflow) = whole.multipliedReportingOverflow(by: bits)
        guard columns >= 0, !overflow else {
            throw QuantcalError(.size, "columns is \(UInt(bitPattern: columns)); it is too large")
        }
        return bytes + (rest * bits + 7) / 8
    }

    /// Packs a matrix of codes, one byte each, after checking that each fits.
    public static func pack(
        _ unpacked: UnsafeBufferPointer<UInt8>, rows: Int, columns: Int, bits: Int, isSigned: Bool,
        into packed: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        let rowBytes = try checked(columns, bits)
        let lift: UInt8 = isSigned ? 1 << (bits - 1) : 0
        let limit = UInt8(truncatingIfNeeded: (1 << bits) - 1)
        var fits = true
        for code in unpacked { fits = fits && code &+ lift <= limit }
        if !fits, let index = unpacked.firstIndex(where: { $0 &+ lift > limit }) {
            let value = isSigned ? Int(Int8(bitPattern: unpacked[index])) : Int(unpacked[index])
            throw QuantcalError(
                .domain,
                "unpacked[\(index)] is \(value); it does not fit \(bits) \(isSigned ? "signed" : "unsigned") bits"
            )
        }
        guard columns > 0 else { return }
        for row in 0..<rows {
            packRun(unpacked.baseAddress! + row * columns, columns, bits, packed + row * rowBytes)
        }
    }

    /// Unpacks a matrix of codes into one byte each, sign-extended if signed.
    public static func unpack(
        _ packed: UnsafePointer<UInt8>, rows: Int, columns: Int, bits: Int, isSigned: Bool,
        into unpacked: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        let rowBytes = try checked(columns, bits)
        guard columns > 0 else { return }
        for row in 0..<rows {
            unpackRun(packed + row * rowBytes, columns, bits, isSigned, unpacked + row * columns)
        }
    }

    /// Bytes of a whole matrix of codes.
    public static func bytes(rows: Int, columns: Int, bits: Int) throws(QuantcalError) -> Int {
        let (bytes, overflow) = rows.multipliedReportingOverflow(by: try checked(columns, bits))
        guard !overflow else {
            throw QuantcalError(.size, "rows * columns is \(rows) * \(columns); the product is too large")
        }
        return bytes
    }

    private static func checked(_ columns: Int, _ bits: Int) throws(QuantcalError) -> Int {
        guard (1...8).contains(bits) else {
            throw QuantcalError(.domain, "bits is \(bits); bits must be 1 to 8")
        }
        return try rowBytes(columns: columns, bits: bits)
    }

    /// Packs a run of codes that starts at a byte.
    static func packRun(
        _ codes: UnsafePointer<UInt8>, _ count: Int, _ bits: Int, _ packed: UnsafeMutablePointer<UInt8>
    ) {
        if bits == 8 {
            packed.update(from: codes, count: count)
            return
        }
        var done = 0
        if bits == 4, let kernel = Kernels.pack4 {
            done = count / 32 * 32
            kernel(codes, done, packed)
        }
        let mask = UInt64((1 << bits) - 1)
        let shift = UInt64(bits)
        for group in done / 8..<count / 8 {
            var word: UInt64 = 0
            for j in 0..<8 { word |= (UInt64(codes[8 * group + j]) & mask) &<< (UInt64(j) &* shift) }
            for byte in 0..<bits {
                packed[group * bits + byte] = UInt8(truncatingIfNeeded: word &>> UInt64(8 * byte))
            }
        }
        let rest = count % 8
        guard rest > 0 else { return }
        var word: UInt64 = 0
        for j in 0..<rest { word |= (UInt64(codes[count - rest + j]) & mask) &<< (UInt64(j) &* shift) }
        for byte in 0..<(rest * bits + 7) / 8 {
            packed[count / 8 * bits + byte] = UInt8(truncatingIfNeeded: word &>> UInt64(8 * byte))
        }
    }

    /// A run of codes that starts at a byte, one byte each: where they are if that is how they are stored,
    /// else unpacked to a buffer.
    @inline(__always) static func unpacked(
        _ packed: UnsafePointer<UInt8>, _ count: Int, _ bits: Int, _ isSigned: Bool,
        _ buffer: UnsafeMutablePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        if bits == 8 { return packed }
        unpackRun(packed, count, bits, isSigned, buffer)
        return UnsafePointer(buffer)
    }

    /// Unpacks a run of codes that starts at a byte.
    static func unpackRun(
        _ packed: UnsafePointer<UInt8>, _ count: Int, _ bits: Int, _ isSigned: Bool,
        _ codes: UnsafeMutablePointer<UInt8>
    ) {
        let mask = UInt8(truncatingIfNeeded: (1 << bits) - 1)
        if bits == 8 {
            codes.update(from: packed, count: count)
            return
        }
        // (code ^ sign) - sign extends the sign bit through the byte.
        let sign: UInt8 = isSigned ? 1 << (bits - 1) : 0
        let shift = UInt64(bits)
        var done = 0
        if bits == 4, let kernel = Kernels.unpack4 {
            done = count / 32 * 32
            kernel(packed, done, isSigned ? 1 : 0, codes)
        }
        for group in done / 8..<(count + 7) / 8 {
            let codesHere = min(8, count - 8 * group)
            var word: UInt64 = 0
            for byte in 0..<(codesHere * bits + 7) / 8 {
                word |= UInt64(packed[group * bits + byte]) &<< UInt64(8 * byte)
            }
            for j in 0..<codesHere {
                let code = UInt8(truncatingIfNeeded: word &>> (UInt64(j) &* shift)) & mask
                codes[8 * group + j] = (code ^ sign) &- sign
            }
        }
    }
}
