/// Vector quantization: vectors as codes of the nearest centres of code books.
///
/// A vector is cut into `parts` of equal length (product quantization), and each part is a sum of centres of
/// `stages` books (residual quantization: each book is for what the ones before have left). Code books lie
/// part by part, stage by stage, as matrices of `centres` rows. One part and one stage are k-means.
public struct CodeBooks: Equatable, Sendable {
    public enum Start: Int32, CaseIterable, Sendable {
        case plusPlus = 0
        case sample = 1
        case given = 2
    }

    public var centres = 256
    public var parts = 1
    public var stages = 1
    public var seed: UInt64 = 0
    public var start = Start.plusPlus
    public var iterations = 25
    public var restarts = 1
    public var passes = 2
    public var tolerance = 1e-4
    /// Rows of codes that a search for a layer's outputs keeps.
    public var beam = 4

    public init() {}

    /// What training gives besides centres and codes.
    public struct Training: Equatable, Sendable {
        public init() {}

        /// The sum of all weighted squared errors.
        public var objective = 0.0
        /// Centres that are the nearest of some vector.
        public var used = 0
        public var iterations = 0
        /// Whether no book was stopped by the limit of iterations.
        public var hasConverged = true
    }

    /// How many books there are, and codes of a vector.
    public var books: Int { parts * stages }

    /// Elements of all books for vectors of a length; throws if the sizes do not go together.
    public func elementCount(dimension: Int) throws(QuantcalError) -> Int {
        try Self.require(centres, "centres", 1...65536)
        try Self.require(parts, "parts", 1...Int.max)
        try Self.require(stages, "stages", 1...64)
        guard dimension > 0, dimension % parts == 0 else {
            throw QuantcalError(
                .size,
                "dimension is \(UInt(bitPattern: dimension)); it must be a positive multiple of parts, \(parts)"
            )
        }
        let (elements, overflow) = dimension.multipliedReportingOverflow(by: centres * stages)
        guard !overflow else {
            throw QuantcalError(.size, "dimension is \(dimension); it is too large")
        }
        return elements
    }

    func requireTraining() throws(QuantcalError) {
        try Self.require(iterations, "iterations", 0...Int(Int32.max))
        try Self.require(restarts, "restarts", 1...1000)
        try requirePasses()
        try requireTolerance()
        guard start != .given || (restarts == 1 && stages == 1) else {
            let (name, value) = restarts == 1 ? ("stages", stages) : ("restarts", restarts)
            throw QuantcalError(.options, "\(name) is \(value); with centres given it must be 1")
        }
    }

    func requireTolerance() throws(QuantcalError) {
        guard tolerance >= 0, tolerance < 1 else {
            throw QuantcalError(
                .options, "tolerance is \(tolerance); tolerance must be at least 0 and below 1")
        }
    }

    func requirePasses() throws(QuantcalError) { try Self.require(passes, "passes", 0...1000) }

    static func require(
        _ value: Int, _ name: String, _ range: ClosedRange<Int>
    ) throws(QuantcalError) {
        guard !range.contains(value) else { return }
        let limit =
            range.upperBound == .max
            ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        throw QuantcalError(.options, "\(name) is \(value); it must be \(limit)")
    }

    /// The vectors of a part.
    func part(
        _ part: Int, _ vectors: UnsafePointer<Float>, _ importance: UnsafePointer<Float>?, count: Int,
        dimension: Int, _ largest: (value: Float, importance: Float)
    ) -> VectorSet {
        let length = dimension / parts
        return VectorSet(
            values: vectors + part * length, stride: dimension, count: count, dimension: length,
            importance: importance.map { $0 + part * length }, importanceStride: dimension,
            largest: largest.value, largestImportance: largest.importance)
    }

    /// Vectors of codes: sums of centres in double, rounded once.
    public func decode(
        _ codes: UnsafeBufferPointer<UInt16>, count: Int, dimension: Int, centres: UnsafeBufferPointer<Float>,
        into vectors: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        try Require.finite(centres, "centres")
        try requireCodes(codes)
        let length = dimension / parts
        guard let books = centres.baseAddress else { return }
        let grain = max(1, (1 << 16) / dimension)
        Parallel.forEachRange(of: count, grain: grain) { range in
            for index in range {
                for part in 0..<parts {
                    let own = codes.baseAddress! + (index * parts + part) * stages
                    let target = vectors + index * dimension + part * length
                    let centre = { (stage: Int) in
                        books + ((part * stages + stage) * self.centres + Int(own[stage])) * length
                    }
                    guard stages > 1 else {
                        target.update(from: centre(0), count: length)
                        continue
                    }
                    for j in 0..<length {
                        var sum = 0.0
                        for stage in 0..<stages { sum += Double(centre(stage)[j]) }
                        target[j] = Float(sum)
                    }
                }
            }
        }
    }

    func requireCodes(_ codes: UnsafeBufferPointer<UInt16>) throws(QuantcalError) {
        let limit = centres
        var fits = true
        for code in codes { fits = fits && Int(code) < limit }
        guard !fits, let index = codes.firstIndex(where: { Int($0) >= limit }) else { return }
        throw QuantcalError(
            .domain, "codes[\(index)] is \(codes[index]); codes must be 0 to \(limit - 1)")
    }
}
