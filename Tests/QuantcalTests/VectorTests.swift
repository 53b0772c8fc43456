/// Runs every vector file through the C ABI and through the Swift overlay.

import Testing

/// How a case is run: reads its inputs, makes the call, returns the outputs by name. A call that is
/// refused throws a `VectorRefusal`.
typealias VectorAdapter = @Sendable (VectorInputs, VectorType) throws -> [String: VectorOutput]

/// An error as both clients report it.
struct VectorRefusal: Error {
    let status: String
    let message: String
}

enum VectorClient: String, CaseIterable, CustomTestStringConvertible {
    case abi = "the C ABI"
    case overlay = "the Swift overlay"

    var testDescription: String { rawValue }

    /// By the C function's name without the type.
    var adapters: [String: VectorAdapter] {
        switch self {
        case .abi: vectorABIAdapters
        case .overlay: vectorOverlayAdapters
        }
    }
}

@Suite struct VectorTests {
    @Test func thereAreVectors() {
        let families = Set(VectorFile.paths.map { $0.prefix { $0 != "/" } })
        #expect(families.isSuperset(of: ["base", "isotonic", "conformal", "calibration", "quantize"]))
    }

    @Test(arguments: VectorClient.allCases, VectorFile.paths)
    func vectors(client: VectorClient, path: String) throws {
        let file = try VectorFile(path: path)
        let adapter = try #require(client.adapters[file.function], "no adapter for \(file.function)")
        var run = 0
        var skipped = 0
        for one in file.runs {
            do {
                let problem = try problem(in: one, adapter)
                #expect(
                    problem == nil, "\(path), \"\(one.vector.name)\" \(one.type.rawValue): \(problem ?? "")")
                run += 1
            } catch is VectorInputs.Unrepresentable {
                skipped += 1
            }
        }
        #expect(run > 0)
        print("vectors: \(path) through \(client.rawValue): \(run) cases, \(skipped) skipped")
    }

    private func problem(in run: VectorRun, _ adapter: VectorAdapter) throws -> String? {
        let inputs = VectorInputs(run)
        do {
            let outputs = try adapter(inputs, run.type)
            guard inputs.unread.isEmpty else { return "unknown inputs \(inputs.unread.sorted())" }
            guard let expected = run.vector.out else {
                return "succeeded, expected \(run.vector.status ?? "")"
            }
            return wrongOutput(outputs, expected, run.tolerance)
        } catch let refusal as VectorRefusal {
            return wrongRefusal(refusal, run.vector)
        }
    }

    private func wrongOutput(
        _ outputs: [String: VectorOutput], _ expected: [String: VectorValue], _ tolerance: VectorTolerance
    ) -> String? {
        for (key, wanted) in expected.sorted(by: { $0.key < $1.key }) {
            guard let actual = outputs[key] else { return "there is no output \(key)" }
            if let problem = vectorProblem(actual, expected: wanted, tolerance) {
                return "\(key): \(problem)"
            }
        }
        return nil
    }

    private func wrongRefusal(_ refusal: VectorRefusal, _ vector: VectorCase) -> String? {
        let said = "\(refusal.status), \"\(refusal.message)\""
        guard refusal.status == vector.status else {
            return "\(said), expected \(vector.status ?? "success")"
        }
        let part = vector.message ?? ""
        return refusal.message.contains(part) || part.isEmpty
            ? nil : "\(said), expected a message with \"\(part)\""
    }
}

/// The comparison itself, on values whose answer is known.
@Suite struct VectorToleranceTests {
    @Test func ulpsCountSteps() {
        #expect(FloatFormat.f64.ulps(from: 1, to: 1 + 2 * Double.ulpOfOne) == 2)
        #expect(FloatFormat.f64.ulps(from: 1, to: (1.0).nextDown.nextDown) == 2)
        #expect(FloatFormat.f64.ulps(from: -0.0, to: 0) == 0)
        #expect(FloatFormat.f64.ulps(from: -Double.leastNonzeroMagnitude, to: .leastNonzeroMagnitude) == 2)
        #expect(FloatFormat.f64.ulps(from: .greatestFiniteMagnitude, to: .infinity) == 1)
        #expect(FloatFormat.f64.ulps(from: .nan, to: .nan) == 0)
        #expect(FloatFormat.f64.ulps(from: .nan, to: 1) == nil)
        #expect(FloatFormat.f32.ulps(from: 1, to: 1 + Double(Float.ulpOfOne)) == 1)
        #expect(FloatFormat.f32.ulps(from: -.infinity, to: -Double(Float.greatestFiniteMagnitude)) == 1)
    }

    @Test func roundingIsThatOfTheHardware() {
        for value in [
            0.1, -1.0 / 3, 1e-40, 3e-46, 7e-46, 3.4028235677973366e38, 3.5e38, 65519.999, 65520, 1e-8, -0.0,
        ] {
            #expect(FloatFormat.f32.round(value) == Double(Float(value)))
            #expect(FloatFormat.f16.round(value) == Double(Float16(value)))
            #expect(FloatFormat.f64.round(value) == value)
        }
        #expect(FloatFormat.bf16.round(1 + 1.0 / 256) == 1)
        #expect(FloatFormat.bf16.round(1 + 3.0 / 256) == 1 + 1.0 / 64)
        #expect(FloatFormat.f32.round(.nan).isNaN)
    }

    @Test func tolerancesRefuse() {
        #expect(!VectorTolerance.exact.accepts(1, expected: (1.0).nextUp, .f64))
        #expect(VectorTolerance.ulps(1).accepts(1, expected: (1.0).nextUp, .f64))
        #expect(!VectorTolerance.ulps(1).accepts(1, expected: (1.0).nextUp.nextUp, .f64))
        #expect(!VectorTolerance.relative(1e-3).accepts(.infinity, expected: 1e308, .f64))
        #expect(!VectorTolerance.relative(1e-3).accepts(1, expected: .infinity, .f64))
        #expect(!VectorTolerance.absolute(1e-3).accepts(.nan, expected: 0, .f64))
        #expect(!VectorTolerance.absolute(1e-3).accepts(0.002, expected: 0, .f64))
        #expect(VectorTolerance.absolute(1e-3).accepts(0.0005, expected: 0, .f64))
    }
}
