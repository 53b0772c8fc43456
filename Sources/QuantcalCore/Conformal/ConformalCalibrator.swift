/// Calibration scores as they come, for every method that needs them sorted: thresholds and p-values of split,
/// Mondrian, class-conditional, clustered and weighted conformal prediction.
///
/// Several calls may read a calibrator at once; one that changes it must be alone.
public final class ConformalCalibrator {
    /// What the last group is.
    public enum LastGroup: Int32, CaseIterable, Sendable {
        /// A group like the others.
        case own = 0
        /// All points, of whatever group they are.
        case all = 1
    }

    public struct Options: Equatable, Sendable {
        /// 0 for one group that all points belong to.
        public let groupCount: Int
        public let isWeighted: Bool
        public let lastGroup: LastGroup

        public init(
            groupCount: Int = 0, isWeighted: Bool = false, lastGroup: LastGroup = .own
        ) throws(QuantcalError) {
            guard groupCount >= 0, groupCount <= Int32.max else {
                throw QuantcalError(
                    .options, "group_count is \(groupCount); it must be 0 to \(Int32.max)")
            }
            guard groupCount > 0 || lastGroup == .own else {
                throw QuantcalError(.options, "last_group is 1; without groups it must be 0")
            }
            (self.groupCount, self.isWeighted, self.lastGroup) = (groupCount, isWeighted, lastGroup)
        }

        /// Groups that have thresholds: at least 1.
        public var rowCount: Int { max(1, groupCount) }
    }

    enum Content {
        case plain(CalibrationStore<PlainScore>)
        case weighted(CalibrationStore<WeightedScore>)
    }

    public let options: Options
    let content: Content

    /// Without points.
    public convenience init(_ options: Options) {
        self.init(
            options,
            options.isWeighted
                ? .weighted(CalibrationStore(groupCount: options.rowCount))
                : .plain(CalibrationStore(groupCount: options.rowCount)))
    }

    init(_ options: Options, _ content: Content) { (self.options, self.content) = (options, content) }

    public func update(
        scores: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>? = nil,
        groups: UnsafeBufferPointer<Int64>? = nil
    ) throws(QuantcalError) { try add(scores, weights, groups) }

    public func update(
        scores: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>? = nil,
        groups: UnsafeBufferPointer<Int64>? = nil
    ) throws(QuantcalError) { try add(scores, weights, groups) }

    private func add<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?,
        _ groups: UnsafeBufferPointer<Int64>?
    ) throws(QuantcalError) {
        try Require.notNaN(scores, "scores")
        guard options.isWeighted == (weights != nil) || scores.isEmpty else {
            throw QuantcalError(
                options.isWeighted ? .nullPointer : .domain,
                options.isWeighted
                    ? "weights are missing; the calibrator is a weighted one"
                    : "weights are given; the calibrator is not a weighted one")
        }
        if let weights { try Self.requireWeights(weights, "weights", upTo: .greatestFiniteMagnitude) }
        try requireGroups(groups, count: scores.count)
        switch content {
        case .plain(let store): try add(scores, weights, groups, to: store)
        case .weighted(let store): try add(scores, weights, groups, to: store)
        }
    }

    private func add<T: Scalar, Item>(
        _ scores: UnsafeBufferPointer<T>, _ weights: UnsafeBufferPointer<T>?,
        _ groups: UnsafeBufferPointer<Int64>?, to store: CalibrationStore<Item>
    ) throws(QuantcalError) {
        let last = options.groupCount - 1
        let isPooled = options.lastGroup == .all
        let (room, overflow) = scores.count.multipliedReportingOverflow(by: isPooled ? 2 : 1)
        try store.reserve(overflow ? .max : room)
        for index in scores.indices {
            let item = Item(score: Double(scores[index]), weight: weights.map { Double($0[index]) } ?? 1)
            let group = groups.map { Int($0[index]) } ?? 0
            if group >= 0 { store.append(item, group: group) }
            if isPooled, group != last { store.append(item, group: last) }
        }
    }

    /// Adds all that another calibrator has.
    public func merge(_ other: ConformalCalibrator) throws(QuantcalError) {
        guard other !== self else { throw QuantcalError(.alias, "calibrator and other are the same") }
        guard other.options == options else {
            throw QuantcalError(.domain, "other was made with other options than calibrator")
        }
        switch (content, other.content) {
        case (.plain(let store), .plain(let more)): try store.append(more)
        case (.weighted(let store), .weighted(let more)): try store.append(more)
        default: preconditionFailure("calibrators of the same options have the same content")
        }
    }

    public func copy() throws(QuantcalError) -> ConformalCalibrator {
        let copy = ConformalCalibrator(options)
        try copy.merge(self)
        return copy
    }

    /// How many points each group has.
    public func counts(into counts: UnsafeMutablePointer<Int64>) throws(QuantcalError) {
        switch content {
        case .plain(let store): Self.write(try store.scores().starts, counts)
        case .weighted(let store): Self.write(try store.scores().starts, counts)
        }
    }

    private static func write(_ starts: UnsafeBufferPointer<Int>, _ counts: UnsafeMutablePointer<Int64>) {
        for group in 0..<starts.count - 1 { counts[group] = Int64(starts[group + 1] - starts[group]) }
    }

    // MARK: What all calls require

    /// Weights of points, of which those of test points may be infinite.
    static func requireWeights<T: Scalar>(
        _ weights: UnsafeBufferPointer<T>, _ name: String, upTo limit: T
    ) throws(QuantcalError) {
        guard let index = weights.firstIndex(where: { !($0 >= 0 && $0 <= limit) }) else { return }
        let weight = weights[index]
        throw QuantcalError(
            weight.isFinite || (weight < 0 && limit == .infinity) ? .domain : .notFinite,
            "\(name)[\(index)] is \(weight); \(name) must be \(limit == .infinity ? "" : "finite and ")>= 0")
    }

    /// Groups are given if and only if there are any, and each is one of them, or -1 for none.
    func requireGroups(
        _ groups: UnsafeBufferPointer<Int64>?, count: Int
    ) throws(QuantcalError) {
        guard (options.groupCount > 0) == (groups != nil) || count == 0 else {
            throw QuantcalError(
                options.groupCount > 0 ? .nullPointer : .domain,
                options.groupCount > 0
                    ? "groups are missing; the calibrator has \(options.groupCount)"
                    : "groups are given; the calibrator has none")
        }
        let limit = Int64(options.groupCount)
        guard let groups, let index = groups.firstIndex(where: { $0 < -1 || $0 >= limit }) else { return }
        throw QuantcalError(
            .domain,
            "groups[\(index)] is \(groups[index]); groups must be 0 to \(limit - 1), or -1 for none")
    }
}
