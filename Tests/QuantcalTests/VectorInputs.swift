/// What an adapter reads from the `in` of a case. It remembers what was asked for, so that a key that
/// no adapter knows is noticed.
final class VectorInputs {
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// The case needs an integer that this client's type does not have.
    struct Unrepresentable: Error {}

    struct Matrix {
        var rows, columns: Int
        var elements: [Double]
    }

    private let values: [String: VectorValue]
    private(set) var unread: Set<String>
    let format: FloatFormat

    init(_ run: VectorRun) {
        values = run.vector.in
        unread = Set(values.keys)
        format = run.type.format
    }

    func optional(_ key: String) -> VectorValue? {
        unread.remove(key)
        return values[key]
    }

    func value(_ key: String) throws -> VectorValue {
        guard let value = optional(key) else { throw Malformed(description: "no \(key)") }
        return value
    }

    // MARK: Floating point

    /// A number whose C type is double in every run.
    func double(_ key: String) throws -> Double {
        try number(value(key))
    }

    func double(_ key: String, default missing: Double) throws -> Double {
        try optional(key).map(number) ?? missing
    }

    /// Numbers, rounded to a format.
    func rounded(_ key: String, to format: FloatFormat) throws -> [Double] {
        try value(key).flattened.map { format.round(try number($0)) }
    }

    /// A number of the run's type.
    func scalar<T: BinaryFloatingPoint>(_ key: String, as type: T.Type = T.self) throws -> T {
        T(format.round(try double(key)))
    }

    func scalars<T: BinaryFloatingPoint>(_ key: String, as type: T.Type = T.self) throws -> [T] {
        try rounded(key, to: format).map { T($0) }
    }

    func optionalScalars<T: BinaryFloatingPoint>(_ key: String, as type: T.Type = T.self) throws -> [T]? {
        optional(key) == nil ? nil : try scalars(key)
    }

    /// A matrix of the run's type, as doubles.
    func matrix(_ key: String) throws -> Matrix {
        switch try value(key) {
        case .emptyMatrix(let rows, let columns):
            return Matrix(rows: rows, columns: columns, elements: [])
        case .array(let rows):
            guard case .array(let first)? = rows.first, rows.allSatisfy({ $0.flattened.count == first.count })
            else { throw Malformed(description: "\(key) is not a matrix") }
            return Matrix(
                rows: rows.count, columns: first.count,
                elements: try rows.flatMap(\.flattened).map { format.round(try number($0)) })
        default:
            throw Malformed(description: "\(key) is not a matrix")
        }
    }

    // MARK: Integers and words

    func integer(_ key: String) throws -> Int {
        try integer(value(key))
    }

    func integer(_ key: String, default missing: Int) throws -> Int {
        try optional(key).map(integer) ?? missing
    }

    func integers(_ key: String) throws -> [Int] {
        try value(key).flattened.map(integer)
    }

    func optionalIntegers(_ key: String) throws -> [Int]? {
        optional(key) == nil ? nil : try integers(key)
    }

    /// Labels, if there are any.
    func labels(_ key: String) throws -> [Int64]? {
        optional(key) == nil ? nil : try integers(key).map { Int64($0) }
    }

    /// A size_t, which may be larger than Int.max; its bits.
    func size(_ key: String) throws -> Int {
        if case .text(let text) = try value(key), let size = UInt(text) { return Int(bitPattern: size) }
        return try integer(key)
    }

    func word(_ key: String, default missing: String) throws -> String {
        switch optional(key) {
        case nil: missing
        case .text(let text)?: text
        default: throw Malformed(description: "\(key) is not a word")
        }
    }

    private func number(_ value: VectorValue) throws -> Double {
        guard case .number(let number) = value else { throw Malformed(description: "\(value) is no number") }
        return number
    }

    private func integer(_ value: VectorValue) throws -> Int {
        switch value {
        case .number(let number):
            guard let integer = Int(exactly: number) else {
                throw Malformed(description: "\(number) is no integer")
            }
            return integer
        case .text(let text):
            if let integer = Int(text) { return integer }
            throw UInt(text) == nil ? Malformed(description: "\(text) is no integer") : Unrepresentable()
        default:
            throw Malformed(description: "\(value) is no integer")
        }
    }
}
