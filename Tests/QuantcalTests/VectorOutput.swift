/// What a call gave, and whether it is what the vector expects.
enum VectorOutput {
    /// Arrays and matrices row by row, a scalar as one element; with the C type of the output.
    case numbers([Double], FloatFormat)
    case wholes([Int])
    case text(String)

    static func floats<T: BinaryFloatingPoint>(_ values: [T]) -> VectorOutput {
        .numbers(values.map { Double($0) }, T.self == Float.self ? .f32 : .f64)
    }

    static func float<T: BinaryFloatingPoint>(_ value: T) -> VectorOutput { floats([value]) }
    static func integer<T: BinaryInteger>(_ value: T) -> VectorOutput { .wholes([Int(value)]) }
    static func integers<T: BinaryInteger>(_ values: [T]) -> VectorOutput { .wholes(values.map { Int($0) }) }
}

enum VectorTolerance: Decodable {
    case exact
    case ulps(Int)
    case relative(Double)
    case absolute(Double)

    private enum Key: String, CodingKey {
        case ulps, relative, absolute
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let ulps = try container.decodeIfPresent(Int.self, forKey: .ulps) {
            self = .ulps(ulps)
        } else if let relative = try container.decodeIfPresent(Double.self, forKey: .relative) {
            self = .relative(relative)
        } else {
            self = .absolute(try container.decode(Double.self, forKey: .absolute))
        }
    }

    /// Whether a number of the format is close enough to the one expected. Equal numbers are, the
    /// zeros are equal, and so are NaN and NaN; nothing else is close to NaN or to an infinity, but
    /// that an infinity follows the largest number when ulps are counted.
    func accepts(_ actual: Double, expected: Double, _ format: FloatFormat) -> Bool {
        if actual == expected || (actual.isNaN && expected.isNaN) { return true }
        switch self {
        case .exact: return false
        case .ulps(let most): return format.ulps(from: actual, to: expected).map { $0 <= most } ?? false
        case .relative(let most):
            let isFinite = actual.isFinite && expected.isFinite
            return isFinite && (actual - expected).magnitude <= most * expected.magnitude
        case .absolute(let most):
            return (actual - expected).magnitude <= most
        }
    }
}

/// What is wrong with an output; nil if it is as expected.
func vectorProblem(_ actual: VectorOutput, expected: VectorValue, _ tolerance: VectorTolerance) -> String? {
    let expected = expected.flattened
    switch actual {
    case .text(let text):
        let choices = expected.map { if case .text(let choice) = $0 { choice } else { "\($0)" } }
        return choices.contains(text) ? nil : "\"\(text)\", expected \(choices)"
    case .wholes(let integers):
        let wanted = expected.map {
            if case .number(let number) = $0 { Int(exactly: number) } else { integer(in: $0) }
        }
        return firstDifference(integers, wanted) { $0 == $1 }
    case .numbers(let numbers, let format):
        let wanted = expected.map {
            if case .number(let number) = $0 { format.round(number) } else { Double?.none }
        }
        return firstDifference(numbers, wanted) { actual, wanted in
            wanted.map { tolerance.accepts(actual, expected: $0, format) } ?? false
        }
    }
}

/// An integer above 2^53 is written in a string.
private func integer(in value: VectorValue) -> Int? {
    if case .text(let text) = value { UInt(text).map { Int(bitPattern: $0) } } else { nil }
}

private func firstDifference<T>(_ actual: [T], _ expected: [T?], _ same: (T, T?) -> Bool) -> String? {
    guard actual.count == expected.count else {
        return "\(actual.count) elements, expected \(expected.count): \(actual)"
    }
    guard let index = actual.indices.first(where: { !same(actual[$0], expected[$0]) }) else { return nil }
    let wanted = expected[index].map { "\($0)" } ?? "something else"
    return "element \(index) is \(actual[index]), expected \(wanted)"
}
