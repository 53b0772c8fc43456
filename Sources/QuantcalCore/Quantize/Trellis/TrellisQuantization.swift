/// Trellis-coded quantization: sequences of numbers as paths through a graph of states.
///
/// In a bitshift trellis the state after (s, b) is s << step_bits | b in `stateBits` bits, and a state stands
/// for `stepValues` numbers by a code, a fixed function of its bits. So codes are a string of bits, of which
/// each state is a window, and decoding is a look-up. Source: Tseng, Sun, Hou, De Sa (2024), "QTIP:
/// Quantization with trellises and incoherence processing"; rates of step bits over step values as in
/// Q-Palette (Lee and others, 2025).
///
/// Departures: sequences run across rows, the last one may be shorter, and elements may have importance.
public struct TrellisQuantization: Equatable, Sendable {
    public enum Code: Int32, CaseIterable, Sendable {
        case oneMAD = 0
        case threeInst = 1
        case gaussian = 2
        case table = 3
        case hybrid = 4
    }

    public var code = Code.oneMAD
    public var stateBits = 16
    public var stepBits = 2
    public var stepValues = 1
    public var tableBits = 9
    public var isTailBiting = true
    public var granularity = Granularity.row
    public var groupSize = 128
    public var length = 256
    public var seed: UInt64 = 0
    /// Of the root mean squares of a group and of all states' numbers, when scales are computed.
    public var ratio = 0.9

    public init() {}

    var states: Int { 1 << stateBits }
    /// States with the same predecessors are neighbours: a group of `branches` of them.
    var groups: Int { 1 << (stateBits - stepBits) }
    var branches: Int { 1 << stepBits }
    /// Numbers of all states.
    public var valueCount: Int { states * stepValues }

    /// Numbers that the caller's table has: none where the code needs no table.
    public var tableCount: Int {
        switch code {
        case .oneMAD, .threeInst, .gaussian: 0
        case .table: valueCount
        case .hybrid: stepValues << tableBits
        }
    }

    /// What every function needs of the options.
    public func check() throws(QuantcalError) {
        try Self.require(stateBits, "state_bits", 1...20)
        try Self.require(stepBits, "step_bits", 1...min(16, stateBits))
        let isComputed = code == .oneMAD || code == .threeInst
        guard !isComputed || stepValues == 1 else {
            throw QuantcalError(
                .options, "step_values is \(stepValues); with the codes 1MAD and 3INST it must be 1")
        }
        try Self.require(stepValues, "step_values", 1...16)
        if code == .hybrid { try Self.require(tableBits, "table_bits", 1...15) }
        try Self.require(length, "length", 1...(1 << 24))
        let steps = shape(elements: length).steps
        guard steps <= (1 << 30) / groups else {
            throw QuantcalError(
                .options,
                "length is \(length); steps times 2^(state_bits - step_bits) must be at most 2^30")
        }
    }

    private static func require(
        _ value: Int, _ name: String, _ range: ClosedRange<Int>
    ) throws(QuantcalError) {
        guard range.contains(value) else {
            throw QuantcalError(
                .options, "\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// The sizes of a sequence.
    func shape(elements: Int) -> TrellisShape {
        let needed = (elements + stepValues - 1) / stepValues
        guard isTailBiting else {
            return TrellisShape(
                elements: elements, steps: needed, bits: stateBits + (needed - 1) * stepBits)
        }
        // A ring has room for a state.
        let steps = max(needed, (stateBits + stepBits - 1) / stepBits)
        return TrellisShape(elements: elements, steps: steps, bits: steps * stepBits)
    }

    /// Where sequences and scales are in a matrix.
    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> TrellisLayout {
        try check()
        return try TrellisLayout(
            groups: GroupLayout(
                rows: rows, columns: columns, bits: 1, granularity: granularity, groupSize: groupSize),
            of: self)
    }
}

/// A sequence: its elements, the steps of its path, the bits of its codes.
struct TrellisShape {
    let elements: Int
    let steps: Int
    let bits: Int

    var bytes: Int { (bits + 7) / 8 }
}

/// A matrix in sequences.
public struct TrellisLayout: Sendable {
    public let groups: GroupLayout
    public let codeBytes: Int
    let sequences: Int
    private let length: Int
    private let whole: TrellisShape
    private let last: TrellisShape

    init(groups: GroupLayout, of trellis: TrellisQuantization) throws(QuantcalError) {
        let count = groups.rows * groups.columns
        self.groups = groups
        length = trellis.length
        sequences = count / length + (count % length == 0 ? 0 : 1)
        whole = trellis.shape(elements: length)
        last = trellis.shape(elements: sequences == 0 ? 0 : count - (sequences - 1) * length)
        let (bytes, overflow) = max(0, sequences - 1).multipliedReportingOverflow(by: whole.bytes)
        let (all, sumOverflow) = bytes.addingReportingOverflow(sequences == 0 ? 0 : last.bytes)
        guard !overflow, !sumOverflow else {
            throw QuantcalError(
                .size, "rows * columns is \(groups.rows) * \(groups.columns); its codes are too long")
        }
        codeBytes = all
    }

    func shape(_ sequence: Int) -> TrellisShape { sequence == sequences - 1 ? last : whole }

    func firstElement(_ sequence: Int) -> Int { sequence * length }

    func firstByte(_ sequence: Int) -> Int { sequence * whole.bytes }

    /// The runs of elements of a sequence that share a scale: places in the matrix, and the group.
    @inline(__always) func forEachRun(of sequence: Int, _ body: (Range<Int>, Int) -> Void) {
        var first = firstElement(sequence)
        let end = first + shape(sequence).elements
        while first < end {
            guard groups.groupsInRow > 0 else { return body(first..<end, 0) }
            let (row, column) = first.quotientAndRemainder(dividingBy: groups.columns)
            let place = column / groups.groupColumns
            let next = min(
                row * groups.columns + min((place + 1) * groups.groupColumns, groups.columns), end)
            body(first..<next, row * groups.groupsInRow + place)
            first = next
        }
    }
}
