/// Grids by name.
extension ScalarGrid {
    /// Names that a number of bits ends.
    private static let families:
        [(name: String, bits: ClosedRange<Int>, grid: @Sendable (Int) -> ScalarGrid)] = [
            ("int", 2...8, { ScalarGrid(kind: .integer, bits: $0) }),
            ("uint", 1...8, { ScalarGrid(kind: .integer, bits: $0, isSigned: false) }),
            ("midrise", 1...8, { ScalarGrid(kind: .midrise, bits: $0) }),
            ("log2_", 1...7, { ScalarGrid(kind: .log2, bits: $0) }),
            ("log_sqrt2_", 1...7, { ScalarGrid(kind: .logSqrt2, bits: $0) }),
            ("sqrt2_powers", 2...8, { ScalarGrid(kind: .sqrt2Powers, bits: $0) }),
            ("power", 2...8, { ScalarGrid(kind: .power, bits: $0, parameter: 0.5) }),
            ("tangent", 1...8, { ScalarGrid(kind: .tangent, bits: $0, parameter: 1.2) }),
        ]

    private static let others: [(name: String, grid: ScalarGrid)] = [
        ("binary", ScalarGrid(kind: .binary, bits: 1)),
        ("ternary", ScalarGrid(kind: .integer, bits: 2)),
        ("e4m3fn", small(8, exponent: 4, .fn, bias: 7)),
        ("e5m2", small(8, exponent: 5, .ieee, bias: 15)),
        ("e4m3fnuz", small(8, exponent: 4, .fnuz, bias: 8)),
        ("e5m2fnuz", small(8, exponent: 5, .fnuz, bias: 16)),
        ("e3m2fn", small(6, exponent: 3, .none, bias: 3)),
        ("e2m3fn", small(6, exponent: 2, .none, bias: 1)),
        ("e2m1fn", small(4, exponent: 2, .none, bias: 1)),
        (
            "e8m0fnu",
            ScalarGrid(
                kind: .float, bits: 8, isSigned: false, exponentBits: 8, specials: .exponent, bias: 127)
        ),
        ("nf4", ScalarGrid(kind: .codeBook, bits: 4, levels: normalFloatLevels)),
    ]

    private static func small(_ bits: Int, exponent: Int, _ specials: Specials, bias: Double) -> ScalarGrid {
        ScalarGrid(kind: .float, bits: bits, exponentBits: exponent, specials: specials, bias: bias)
    }

    /// The grid of a name.
    public static func named(_ name: String) throws(QuantcalError) -> ScalarGrid {
        if let other = others.first(where: { $0.name == name }) { return other.grid }
        for family in families {
            for bits in family.bits where name == family.name + String(bits) { return family.grid(bits) }
        }
        let known =
            families.map { "\($0.name)\($0.bits.lowerBound) to \($0.bits.upperBound)" }
            + others.map(\.name)
        throw QuantcalError(
            .options, "name is \"\(name.prefix(40))\"; it must be one of \(known.joined(separator: ", "))")
    }
}
