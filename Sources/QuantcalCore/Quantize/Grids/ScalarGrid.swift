/// A scalar grid as a caller describes it: codes of 1 to 8 bits, each for a level.
///
/// Inside, every grid is the same thing: a `GridTable` of levels and of the intervals that go to
/// each. The kinds differ only in how they make it, a file each.
public struct ScalarGrid: Equatable, Sendable {
    public enum Kind: Int32, CaseIterable, Sendable {
        case integer = 0
        case midrise = 1
        case binary = 2
        case log2 = 3
        case logSqrt2 = 4
        case sqrt2Powers = 5
        case power = 6
        case tangent = 7
        case float = 8
        case codeBook = 9
    }

    /// The codes of a small floating-point format that are no numbers.
    public enum Specials: Int32, CaseIterable, Sendable {
        case none = 0
        case ieee = 1
        case fn = 2
        case fnuz = 3
        /// Exponents only: no sign, no mantissa, no zero; the last code is NaN.
        case exponent = 4
    }

    /// Where a small floating-point format puts what is too large.
    public enum Overflow: Int32, CaseIterable, Sendable {
        case saturate = 0
        case ieee = 1
    }

    public var kind = Kind.integer
    /// Bits of a code.
    public var bits = 4
    public var isSigned = true
    /// A signed integer without its lowest code.
    public var isNarrow = true
    public var exponentBits = 0
    public var specials = Specials.none
    public var overflow = Overflow.saturate
    /// Of the exponent; any real number.
    public var bias = 0.0
    /// The exponent of `power`, the angle of `tangent`.
    public var parameter = 0.0
    /// The levels of a code book.
    public var levels: [Float] = []

    public init() {}

    public init(
        kind: Kind, bits: Int, isSigned: Bool = true, isNarrow: Bool = true, exponentBits: Int = 0,
        specials: Specials = .none, overflow: Overflow = .saturate, bias: Double = 0,
        parameter: Double = 0, levels: [Float] = []
    ) {
        (self.kind, self.bits, self.isSigned, self.isNarrow) = (kind, bits, isSigned, isNarrow)
        (self.exponentBits, self.specials, self.overflow) = (exponentBits, specials, overflow)
        (self.bias, self.parameter, self.levels) = (bias, parameter, levels)
    }

    /// Checks the description and makes the table.
    public func compiled() throws(QuantcalError) -> CompiledGrid {
        CompiledGrid(self, try table())
    }

    private func table() throws(QuantcalError) -> GridTable {
        switch kind {
        case .integer: try integerTable()
        case .midrise: try midriseTable()
        case .binary: try binaryTable()
        case .log2: try logarithmicTable(stepsPerOctave: 1)
        case .logSqrt2: try logarithmicTable(stepsPerOctave: 2)
        case .sqrt2Powers: try sqrt2PowersTable()
        case .power: try powerTable()
        case .tangent: try tangentTable()
        case .float: try floatTable()
        case .codeBook: try codeBookTable()
        }
    }

    /// The numbers of bits that a kind can have.
    func requireBits(_ allowed: ClosedRange<Int>, _ what: String) throws(QuantcalError) {
        guard allowed.contains(bits) else {
            throw QuantcalError(
                .options,
                "bits is \(bits); \(what) has \(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }

    /// The code of a whole number in two's complement.
    func code(_ number: Int) -> UInt8 { UInt8(truncatingIfNeeded: number & ((1 << bits) - 1)) }
}
