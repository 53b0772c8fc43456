import Testing

@testable import QuantcalCore

/// Trellis-coded quantization on random numbers: kernels and threads change no bit, rings close, codes give
/// back what the search says, and errors approach the bound of the rate.
@Suite struct QuantizeTrellisProperties {
    private func normals(_ count: Int, seed: UInt64) -> [Float] {
        let random = Philox(seed: seed, purpose: .codeBook)
        return (0..<count).map { Float(random.normals(UInt64($0)).x) }
    }

    private func coded(
        _ values: [Float], columns: Int, _ trellis: TrellisQuantization, scale: Float = 1,
        importance: [Float]? = nil
    ) throws -> (codes: [UInt8], error: Double, decoded: [Float]) {
        var trellis = trellis
        trellis.granularity = .tensor
        let layout = try trellis.layout(rows: values.count / columns, columns: columns)
        var codes = [UInt8](repeating: 0, count: layout.codeBytes)
        var decoded = [Float](repeating: 0, count: values.count)
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        let error = try values.withUnsafeBufferPointer { values in
            try [scale].withUnsafeBufferPointer { scales in
                try codes.withUnsafeMutableBufferPointer { codes in
                    let error =
                        if let importance {
                            try importance.withUnsafeBufferPointer {
                                try trellis.encode(
                                    values, importance: $0, layout, scales: scales, table: none,
                                    into: codes.baseAddress!)
                            }
                        } else {
                            try trellis.encode(
                                values, importance: nil, layout, scales: scales, table: none,
                                into: codes.baseAddress!)
                        }
                    try decoded.withUnsafeMutableBufferPointer {
                        try trellis.decode(
                            UnsafeBufferPointer(codes), layout, scales: scales, table: none,
                            into: $0.baseAddress!)
                    }
                    return error
                }
            }
        }
        return (codes, error, decoded)
    }

    private func trellis(_ stateBits: Int, _ stepBits: Int, _ stepValues: Int = 1) -> TrellisQuantization {
        var trellis = TrellisQuantization()
        (trellis.stateBits, trellis.stepBits, trellis.stepValues) = (stateBits, stepBits, stepValues)
        trellis.code = .gaussian
        return trellis
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8], [1, 2, 3])
    func aStepIsTheSameOnAllKernels(stepBits: Int, stepValues: Int) throws {
        for extra in 4...6 {
            let trellis = trellis(stepBits + extra, stepBits, stepValues)
            let planes = normals(trellis.valueCount, seed: 1)
            var sums = normals(trellis.states, seed: 2).map { ($0 * 8).rounded() / 4 }
            for index in stride(from: 0, to: sums.count, by: 5) { sums[index] = .infinity }
            let factors = normals(2 * stepValues, seed: 3)
            planes.withUnsafeBufferPointer { planes in
                let step = TrellisStep<UInt8>(trellis, values: planes.baseAddress!)
                var (least, next) = ([Float](), [[Float]]())
                var decisions: [[UInt8]] = []
                for isReference in [true, false] {
                    var found = [Float](repeating: 0, count: trellis.states)
                    var best = [Float](repeating: 0, count: trellis.groups)
                    var places = [UInt8](repeating: 9, count: trellis.groups)
                    least.append(
                        isReference
                            ? step.reference(
                                sums, factors, offset: 0.25, best: &best, into: &found, &places)
                            : step(sums, factors, offset: 0.25, best: &best, into: &found, &places))
                    next.append(found)
                    decisions.append(places)
                }
                #expect(least[0] == least[1])
                #expect(next[0] == next[1])
                #expect(decisions[0] == decisions[1])
            }
        }
    }

    @Test(arguments: [(5, 1, 1), (8, 3, 2), (6, 6, 1), (12, 10, 2), (10, 5, 3)])
    func theErrorIsThatOfTheDecoded(stateBits: Int, stepBits: Int, stepValues: Int) throws {
        let values = normals(700, seed: 4)
        let importance = normals(700, seed: 5).map { abs($0) }
        for isTailBiting in [false, true] {
            var trellis = trellis(stateBits, stepBits, stepValues)
            (trellis.isTailBiting, trellis.length) = (isTailBiting, 63)
            let found = try coded(values, columns: 35, trellis, scale: 0.7, importance: importance)
            var error = 0.0
            for (index, pair) in zip(values, found.decoded).enumerated() {
                let difference = Double(pair.0) - Double(pair.1)
                error += Double(importance[index]) * (difference * difference)
            }
            #expect(abs(found.error - error) <= 1e-12 * error)
        }
    }

    @Test func anOpenPathIsNoWorseThanARing() throws {
        let values = normals(64 * 40, seed: 6)
        var trellis = trellis(8, 2)
        trellis.length = 64
        let ring = try coded(values, columns: 64, trellis).error
        trellis.isTailBiting = false
        let open = try coded(values, columns: 64, trellis).error
        #expect(open < ring)
        #expect(ring < open * 1.1)
    }

    @Test func threadsChangeNothing() throws {
        let values = normals(40_000, seed: 7)
        let trellis = trellis(10, 2)
        try ThreadCount.exclusively {
            try Parallel.setThreadCount(1)
            defer { try? Parallel.setThreadCount(0) }
            let alone = try coded(values, columns: 400, trellis)
            for threads in [2, 5] {
                try Parallel.setThreadCount(threads)
                let together = try coded(values, columns: 400, trellis)
                #expect(together.codes == alone.codes)
                #expect(together.error == alone.error)
                #expect(together.decoded == alone.decoded)
            }
        }
    }

    @Test func errorsApproachTheBoundWithMoreStates() throws {
        let values = normals(256 * 40, seed: 8)
        var last = 0.118  // Lloyd-Max at two bits
        for stateBits in [6, 8, 10, 12] {
            let error = try coded(values, columns: 256, trellis(stateBits, 2)).error / Double(values.count)
            #expect(error < last)
            #expect(error > 0.0625)
            last = error
        }
        #expect(last < 0.078)
    }

    @Test func computedNumbersAreNormal() throws {
        // The mean squares that the published codes have.
        for (code, square) in [(TrellisQuantization.Code.oneMAD, 1.0002), (.threeInst, 1.5468)] {
            var trellis = TrellisQuantization()
            trellis.code = code
            var values = [Float](repeating: 0, count: trellis.valueCount)
            try values.withUnsafeMutableBufferPointer {
                try trellis.values(table: UnsafeBufferPointer(start: nil, count: 0), into: $0.baseAddress!)
            }
            let mean = values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)
            #expect(abs(mean - square) < 5e-5)
            #expect(abs(Double(values[0x1234]) - (code == .oneMAD ? 1.515556 : -2.199219)) < 1e-6)
        }
    }

    @Test func anInterruptedEncodingWritesNothing() throws {
        var trellis = trellis(8, 2)
        trellis.granularity = .tensor
        let values = normals(2000, seed: 9)
        let layout = try trellis.layout(rows: 1, columns: 2000)
        var codes = [UInt8](repeating: 0x5A, count: layout.codeBytes)
        #expect(throws: QuantcalError.self) {
            try values.withUnsafeBufferPointer { values in
                try [Float(1)].withUnsafeBufferPointer { scales in
                    _ = try trellis.encode(
                        values, importance: nil, layout, scales: scales,
                        table: UnsafeBufferPointer(start: nil, count: 0), Progress { _ in true },
                        into: &codes)
                }
            }
        }
        #expect(codes == [UInt8](repeating: 0x5A, count: layout.codeBytes))
    }
}
