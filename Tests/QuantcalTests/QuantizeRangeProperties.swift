/// Properties of range rules.

import Glibc
import Testing

@testable import Quantcal
@testable import QuantcalCore

private let rules = [
    "min_max", "power_of_two", "percentile", "mse", "entropy", "aciq_gaussian", "aciq_laplace", "gaussian",
    "laplace", "half_quadratic", "least_squares", "mean_absolute", "learned_step",
    "dual_clipping",
]

@Suite struct QuantizeRangeProperties {
    private func normals(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Matrix<Float> {
        var random = TestRandom(seed: seed)
        return try Matrix(
            rows: rows, columns: columns,
            elements: random.array(rows * columns) { $0.normal() }.map { Float($0) })
    }

    private func error(
        _ values: Matrix<Float>, _ name: String, _ found: Quantcal.GridParameters,
        _ groups: QuantizationGroups
    ) throws -> Double {
        let grid = try quantizationGrid(name)
        let codes = try quantizeGridEncode(
            values, grid: grid, scales: found.scales, zeros: found.zeros, groups: groups)
        let decoded = try quantizeGridDecode(
            GridCodes(
                rows: values.rows, columns: values.columns, grid: grid, codes: codes, scales: found.scales,
                zeros: found.zeros, groups: groups))
        return zip(values.elements, decoded.elements).reduce(0) {
            let apart = Double($1.0) - Double($1.1)
            return $0 + apart * apart
        }
    }

    /// Whatever the rule, the grid and the values, parameters can be used.
    @Test(arguments: rules) func uglyValuesHaveParameters(_ name: String) throws {
        var rule = try quantizationRangeRule(name)
        // Fewer, for time.
        (rule.steps, rule.bins) = (min(rule.steps, 10), 64)
        let most = Float.greatestFiniteMagnitude
        let least = Float.leastNonzeroMagnitude
        let rows: [[Float]] = [
            [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [-3, -3, -3, -3, -3], [most, -most, most, -most, 0],
            [most, most, most, most, most], [-most, -most, 0, 0, 0], [least, 0, 0, -least, least],
            [1e38, 1e-38, -1e-45, 0, 1], [1e9, 1e9 + 64, 1e9 + 128, 1e9, 1e9], [0, 0, 0, 0, 1e-30],
            [-0.0, 0, -1, 0, 0],
        ]
        let values = try Matrix(rows)
        for name in [
            "int2", "int8", "uint1", "uint8", "midrise3", "binary", "log2_4", "power4", "e2m1fn",
            "e5m2", "e8m0fnu", "nf4",
        ] {
            let grid = try quantizationGrid(name)
            for wantsZeros in rule.kind == .halfQuadratic ? [true] : [false, true] {
                for groups in [
                    QuantizationGroups(groupSize: 1), .init(groupSize: 3), .init(granularity: .tensor),
                ] {
                    let found = try quantizeRange(
                        values, grid: grid, rule: rule, wantsZeros: wantsZeros, groups: groups)
                    #expect(found.scales.allSatisfy { $0.isNormal && $0 > 0 })
                    #expect(try error(values, name, found, groups).isFinite, "\(name) \(wantsZeros)")
                }
            }
        }
    }

    /// What searches for the least error finds no more than min-max has; refinements only improve.
    @Test(arguments: ["int2", "int4", "uint3", "midrise2", "nf4", "e2m1fn"], [false, true])
    func searchesDoNotLose(_ name: String, _ wantsZeros: Bool) throws {
        let values = try normals(8, 100, seed: 1)
        let groups = QuantizationGroups(groupSize: 30)
        func loss(_ rule: QuantizationRangeRule) throws -> Double {
            let found = try quantizeRange(
                values, grid: quantizationGrid(name), rule: rule, wantsZeros: wantsZeros, groups: groups)
            return try error(values, name, found, groups)
        }
        let plain = try loss(quantizationRangeRule("min_max"))
        var search = try quantizationRangeRule("mse")
        let coarse = try loss(search)
        search.refinements = 30
        let fine = try loss(search)
        #expect(coarse <= plain && fine <= coarse)
        #expect(try loss(quantizationRangeRule("least_squares")) <= plain)
    }

    /// The errors of the best uniform grids on a Gaussian (Max, 1960), and three levels.
    @Test(arguments: [
        ("midrise1", 0.363380), ("midrise2", 0.118846), ("midrise3", 0.037440), ("midrise4", 0.011543),
        ("ternary", 0.190174),
    ])
    func gaussianErrorsArePublished(_ name: String, _ published: Double) throws {
        let target = RangeTarget(try quantizationGrid(name).compiled(), hasZeros: false, RangeRule())
        let scale = target.bestScale(.gaussian)
        // The integral over each cell by Simpson's rule, with the density itself.
        let levels = try quantizeGridLevels(quantizationGrid(name)).map { Double($0) }
        var total = 0.0
        let (count, reach) = (20_000, 9.0)
        for index in 0...count {
            let x = -reach + 2 * reach * Double(index) / Double(count)
            let apart = levels.filter(\.isFinite).map { abs(x - scale * $0) }.min()!
            let weight = index == 0 || index == count ? 1.0 : (index % 2 == 0 ? 2.0 : 4.0)
            total += weight * apart * apart * exp(-x * x / 2)
        }
        let mean = total * (2 * reach / Double(count)) / 3 / 2.506_628_274_631_000_5
        #expect(abs(mean - published) < 2e-6)
    }

    /// Scales of powers of two are in e8m0, and codes of them stay so.
    @Test func powersOfTwoAreHeld() throws {
        let values = try normals(4, 96, seed: 2)
        for form in [RangeRule.ScaleForm.powerOfTwo, .powerOfTwoUp] {
            var rule = try quantizationRangeRule("mse")
            rule.scaleForm = form
            let found = try quantizeRange(
                values, grid: quantizationGrid("e2m1fn"), rule: rule, groups: .init(groupSize: 32))
            let scales = try Matrix(rows: 1, columns: 12, elements: found.scales)
            let grid = try quantizationGrid("e8m0fnu")
            let codes = try quantizeGridEncode(scales, grid: grid, scales: [1])
            let back = try quantizeGridDecode(
                GridCodes(rows: 1, columns: 12, grid: grid, codes: codes, scales: [1], groups: .init()))
            #expect(back == scales)
        }
    }

    @Test func threadsDoNotMatter() throws {
        let values = try normals(10, 700, seed: 3)
        for name in ["mse", "least_squares", "percentile", "gaussian"] {
            let rule = try quantizationRangeRule(name)
            try ThreadCount.expectNoInfluence {
                try [
                    QuantizationGroups(groupSize: 70), .init(granularity: .row), .init(granularity: .tensor),
                ].map {
                    try quantizeRange(values, grid: quantizationGrid("int4"), rule: rule, groups: $0).scales
                        .map(
                            \.bitPattern)
                }
            }
        }
    }

    @Test(arguments: rules) func workIsCancelled(_ name: String) throws {
        let values = try Matrix<Float>(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
        let error = #expect(throws: QuantcalError.self) {
            try quantizeRange(
                values, grid: quantizationGrid(), rule: quantizationRangeRule(name), wantsZeros: true
            ) { _ in true }
        }
        #expect(error?.kind == .cancelled)
    }
}
