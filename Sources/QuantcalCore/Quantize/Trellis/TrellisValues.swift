/// The numbers of a trellis's states. 1MAD: the sum of four bytes of a linear congruence is nearly normal.
/// 3INST: so is the sum of two small floats with random signs, exponents and mantissas. Source: QTIP,
/// section 3.1; the constants are those of its published code.
extension TrellisQuantization {
    /// Writes the numbers of all states: row by row, or, for `planes`, all first numbers, then all second ones.
    func fill(
        _ values: UnsafeMutablePointer<Float>, table: UnsafeBufferPointer<Float>, planes: Bool
    ) throws(QuantcalError) {
        try checkTable(table)
        let random = Philox(seed: seed, purpose: .trellisCode)
        let (stateStride, valueStride) = planes ? (1, states) : (stepValues, 1)
        for state in 0..<states {
            for place in 0..<stepValues {
                let target = values + state * stateStride + place * valueStride
                switch code {
                case .oneMAD: target.pointee = Self.oneMAD(UInt32(state))
                case .threeInst: target.pointee = Self.threeInst(UInt32(state))
                case .gaussian:
                    let index = state * stepValues + place
                    target.pointee = Float(random.normals(UInt64(index / 2))[index % 2])
                case .table: target.pointee = table[state * stepValues + place]
                case .hybrid: target.pointee = hybrid(UInt64(state), place, table)
                }
            }
        }
    }

    /// The numbers of all states, a row each.
    public func values(
        table: UnsafeBufferPointer<Float>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try check()
        try fill(values, table: table, planes: false)
    }

    /// A magnitude above that of a table's numbers: squares and their sums are then in range.
    private static let largest: Float = 0x1p20

    private func checkTable(_ table: UnsafeBufferPointer<Float>) throws(QuantcalError) {
        guard tableCount > 0 else { return }
        try Require.finite(table, "table")
        guard let index = table.firstIndex(where: { abs($0) > Self.largest }) else { return }
        throw QuantcalError(
            .domain, "table[\(index)] is \(table[index]); magnitudes must be at most 2^20")
    }

    static func oneMAD(_ state: UInt32) -> Float {
        let word = 34_038_481 &* state &+ 76_625_530
        let sum = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + word >> 24
        return Float((Double(sum) - 510) / 147.800537109375)
    }

    static func threeInst(_ state: UInt32) -> Float {
        let word = ((89_226_354 &* state &+ 64_248_484) & 0x8FFF_8FFF) ^ 0x3B60_3B60
        let high = HalfBits(bits: UInt16(word >> 16)).single
        let low = HalfBits(bits: UInt16(truncatingIfNeeded: word)).single
        return HalfBits(single: high + low).single
    }

    private func hybrid(_ state: UInt64, _ place: Int, _ table: UnsafeBufferPointer<Float>) -> Float {
        let hash = state * (state + 1)
        let row = Int(hash >> UInt64(15 - tableBits)) & ((1 << tableBits) - 1)
        let value = table[row * stepValues + place]
        return place == 0 && hash >> 15 & 1 == 1 ? -value : value
    }
}
