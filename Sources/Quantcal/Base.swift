@_exported import struct QuantcalCore.QuantcalError
import QuantcalCore

/// A matrix in rows: element (i, j) is `elements[i * columns + j]`.
public struct Matrix<Element> {
    public let rows: Int
    public let columns: Int
    public var elements: [Element]

    /// `elements.count` must be `rows * columns`.
    public init(rows: Int, columns: Int, elements: [Element]) throws(QuantcalError) {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, elements.count == count else {
            throw QuantcalError(.size, "\(elements.count) elements do not make \(rows) x \(columns)")
        }
        (self.rows, self.columns, self.elements) = (rows, columns, elements)
    }

    /// Rows of equal length. No rows make a 0 x 0 matrix.
    public init(_ rows: [[Element]]) throws(QuantcalError) {
        let columns = rows.first?.count ?? 0
        guard rows.allSatisfy({ $0.count == columns }) else {
            throw QuantcalError(.size, "rows differ in length")
        }
        (self.rows, self.columns, elements) = (rows.count, columns, rows.flatMap { $0 })
    }

    /// For results, whose sizes are right by construction.
    init(unchecked rows: Int, _ columns: Int, _ elements: [Element]) {
        (self.rows, self.columns, self.elements) = (rows, columns, elements)
    }

    public subscript(row: Int, column: Int) -> Element {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    public subscript(row row: Int) -> ArraySlice<Element> { elements[row * columns..<(row + 1) * columns] }
}

extension Matrix: Equatable where Element: Equatable {}
extension Matrix: Sendable where Element: Sendable {}

/// The library's version, such as "0.1.0". C: `qc_version`.
public var version: String { Version.string }

/// The kernels in use: "reference", "avx2" or "avx512". C: `qc_kernel_level`.
public var kernelLevel: String { KernelLevel.current.name }

/// How many threads a call may use. C: `qc_thread_count`.
public var threadCount: Int { Parallel.threadCount }

/// Sets how many threads each following call may use: 1 to 1024, or 0 for the default.
/// C: `qc_set_thread_count`.
public func setThreadCount(_ count: Int) throws(QuantcalError) { try Parallel.setThreadCount(count) }

/// The name of a status number, such as "QC_ERR_DOMAIN"; "QC_UNKNOWN" if it is none.
/// C: `qc_status_name`. (The message that C reads with `qc_last_error` is `QuantcalError.message` here.)
public func statusName(_ status: Int32) -> String {
    status == 0 ? "QC_OK" : QuantcalError.Kind(rawValue: status)?.constantName ?? "QC_UNKNOWN"
}

/// Hears the fraction done of long work; returns true to stop it, which throws `.cancelled`.
public typealias ProgressReport = (Double) -> Bool

/// Checks that as many weights or labels came as there are points.
func requireCount(_ count: Int, _ expected: Int, _ name: String) throws(QuantcalError) {
    guard count == expected else {
        throw QuantcalError(.size, "\(name) has \(count) elements; \(expected) are needed")
    }
}

/// Calls `body` with the weights' memory, or nil.
func withOptionalBuffer<Element, Result>(
    _ array: [Element]?, _ body: (UnsafeBufferPointer<Element>?) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    guard let array else { return try body(nil) }
    return try withBuffer(array, body)
}

/// `withUnsafeBufferPointer` for typed errors.
func withBuffer<Element, Result>(
    _ array: [Element], _ body: (UnsafeBufferPointer<Element>) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    let outcome = array.withUnsafeBufferPointer { buffer -> Swift.Result<Result, QuantcalError> in
        do throws(QuantcalError) { return .success(try body(buffer)) } catch { return .failure(error) }
    }
    return try outcome.get()
}

/// Calls `body` with the memory of values and, if there are any, their weights: as many.
func withPoints<Scalar, Result>(
    _ y: [Scalar], _ weights: [Scalar]?,
    _ body: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?) throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    if let weights { try requireCount(weights.count, y.count, "weights") }
    return try withBuffer(y) { y throws(QuantcalError) in
        try withOptionalBuffer(weights) { weights throws(QuantcalError) in try body(y, weights) }
    }
}

/// The same with predictors.
func withPoints<Scalar, Result>(
    _ x: [Scalar], _ y: [Scalar], _ weights: [Scalar]?,
    _ body: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?)
        throws(QuantcalError) -> Result
) throws(QuantcalError) -> Result {
    try requireCount(y.count, x.count, "y")
    return try withPoints(y, weights) { y, weights throws(QuantcalError) in
        try withBuffer(x) { x throws(QuantcalError) in try body(x, y, weights) }
    }
}

/// A new array of `count` elements, filled by `body`.
func filled<Element: BitwiseCopyable>(
    _ count: Int, _ body: (UnsafeMutablePointer<Element>) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [Element] {
    try filled(upTo: count) { elements throws(QuantcalError) in
        try body(elements)
        return count
    }
}

/// A new array with room for `capacity` elements, of which `body` fills the first ones: as many as it returns.
func filled<Element: BitwiseCopyable>(
    upTo capacity: Int, _ body: (UnsafeMutablePointer<Element>) throws(QuantcalError) -> Int
) throws(QuantcalError) -> [Element] {
    var failure: QuantcalError?
    let array = [Element](unsafeUninitializedCapacity: max(capacity, 1)) { buffer, initialised in
        do throws(QuantcalError) {
            initialised = try body(buffer.baseAddress!)
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return array
}

/// Several new arrays of `count` elements each, filled by `body`.
func filledArrays<Element: BitwiseCopyable>(
    _ arrays: Int, of count: Int, _ made: [UnsafeMutablePointer<Element>] = [],
    _ body: ([UnsafeMutablePointer<Element>]) throws(QuantcalError) -> Void
) throws(QuantcalError) -> [[Element]] {
    var others: [[Element]] = []
    let array = try filled(count) { (memory: UnsafeMutablePointer<Element>) throws(QuantcalError) in
        if made.count + 1 == arrays {
            try body(made + [memory])
        } else {
            others = try filledArrays(arrays, of: count, made + [memory], body)
        }
    }
    return [array] + others
}
