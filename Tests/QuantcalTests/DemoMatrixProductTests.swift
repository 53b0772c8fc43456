import QuantcalCore
import Testing

private func product(
    _ a: [Float], _ b: [Float], rows: Int, columns: Int, inner: Int, count: Int? = nil
) throws(QuantcalError) -> [Float] {
    var result = [Float](repeating: .nan, count: count ?? rows * columns)
    var failure: QuantcalError?
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            result.withUnsafeMutableBufferPointer { result in
                do throws(QuantcalError) {
                    try MatrixProduct.timesTransposed(
                        a, b, rows: rows, columns: columns, inner: inner, into: result)
                } catch { failure = error }
            }
        }
    }
    if let failure { throw failure }
    return result
}

@Suite struct DemoMatrixProductTests {
    /// Small integers, so that every order of summation gives the same.
    @Test(arguments: [(1, 1, 1), (2, 3, 4), (5, 1, 7), (17, 33, 65)])
    func agreesWithTheDefinition(rows: Int, columns: Int, inner: Int) throws {
        let a = (0..<rows * inner).map { Float($0 % 7 - 3) }
        let b = (0..<columns * inner).map { Float($0 % 5 - 2) }
        let found = try product(a, b, rows: rows, columns: columns, inner: inner)
        for i in 0..<rows {
            for j in 0..<columns {
                let expected = (0..<inner).reduce(Float(0)) { $0 + a[i * inner + $1] * b[j * inner + $1] }
                #expect(found[i * columns + j] == expected)
            }
        }
    }

    @Test func emptySidesGiveZerosOrNothing() throws {
        #expect(try product([], [], rows: 2, columns: 2, inner: 0) == [0, 0, 0, 0])
        #expect(try product([], [1, 2], rows: 0, columns: 2, inner: 1) == [])
        #expect(try product([1, 2], [], rows: 2, columns: 0, inner: 1) == [])
    }

    @Test func wrongSizesAreRefused() {
        let sizes: [(a: Int, b: Int, result: Int, rows: Int, columns: Int, inner: Int)] = [
            (5, 6, 4, 2, 2, 3), (6, 5, 4, 2, 2, 3), (6, 6, 3, 2, 2, 3), (6, 6, 4, -2, 2, -3),
            (0, 0, 0, 1 << 40, 0, 0),
            (0, 0, 0, 0, 0, Int.max), (0, 0, 0, Int.max, Int.max, Int.max),
        ]
        for size in sizes {
            let error = #expect(throws: QuantcalError.self) {
                try product(
                    Array(repeating: 0, count: size.a), Array(repeating: 0, count: size.b), rows: size.rows,
                    columns: size.columns, inner: size.inner, count: size.result)
            }
            #expect(error?.kind == .size)
        }
    }
}
