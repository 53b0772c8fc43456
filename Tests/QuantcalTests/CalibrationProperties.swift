import Foundation
import Quantcal
import Testing

@Suite struct CalibrationProperties {
    /// Logits with an optimum: the label's is raised, but not always.
    private static func problem(
        rows: Int, classes: Int, seed: UInt64, scale: Double = 3
    ) throws -> (logits: Matrix<Double>, labels: [Int64], weights: [Double]) {
        var random = TestRandom(seed: seed)
        var logits = try Matrix(
            rows: rows, columns: classes,
            elements: random.array(rows * classes) { (scale * $0.normal() * 1024).rounded() / 1024 })
        let labels = (0..<rows).map { _ in Int64(random.integer(0...(classes - 1))) }
        for (row, label) in labels.enumerated() where random.uniform() < 0.8 {
            logits[row, Int(label)] += scale
        }
        return (logits, labels, random.array(rows) { $0.uniform() })
    }

    /// The mean negative log-likelihood and its derivative in 1/T, from the definition.
    private static func likelihood(
        _ logits: Matrix<Double>, _ labels: [Int64], _ weights: [Double], at beta: Double
    ) -> (value: Double, slope: Double) {
        var value = 0.0
        var slope = 0.0
        for (row, label) in labels.enumerated() {
            let z = Array(logits[row: row])
            let highest = z.max()!
            let terms = z.map { exp(beta * ($0 - highest)) }
            let sum = terms.reduce(0, +)
            let mean = zip(z, terms).reduce(0) { $0 + ($1.0 - highest) * $1.1 } / sum
            value += weights[row] * (log(sum) - beta * (z[Int(label)] - highest))
            slope += weights[row] * (mean - (z[Int(label)] - highest))
        }
        let total = weights.reduce(0, +)
        return (value / total, slope / total)
    }

    @Test(arguments: [(50, 2), (300, 3), (1000, 10), (5000, 5), (64, 101)])
    func theFitIsAnOptimum(rows: Int, classes: Int) throws {
        for seed in 1...5 {
            let (logits, labels, weights) = try Self.problem(rows: rows, classes: classes, seed: UInt64(seed))
            let fit = try temperatureFit(logits: logits, labels: labels, weights: weights)
            #expect(fit.outcome == .ok && fit.iterations <= 12)
            #expect(
                fit.temperature * fit.inverseTemperature == 1
                    || abs(fit.temperature * fit.inverseTemperature - 1) < 1e-15)
            let best = Self.likelihood(logits, labels, weights, at: fit.inverseTemperature)
            #expect(abs(best.slope) < 1e-12)
            #expect(abs(best.value - fit.nllAfter) < 1e-13)
            #expect(abs(fit.nllBefore - Self.likelihood(logits, labels, weights, at: 1).value) < 1e-13)
            for factor in [0.99, 1.01] {
                let other = Self.likelihood(logits, labels, weights, at: fit.inverseTemperature * factor)
                #expect(other.value > best.value)
            }
        }
    }

    @Test func singlePrecisionFindsTheSameOptimum() throws {
        for seed in 1...5 {
            let (logits, labels, weights) = try Self.problem(rows: 2000, classes: 10, seed: UInt64(seed))
            let double = try temperatureFit(
                logits: logits, labels: labels, weights: weights.map { Double(Float($0)) })
            let single = try temperatureFit(
                logits: Matrix(rows: 2000, columns: 10, elements: logits.elements.map { Float($0) }),
                labels: labels, weights: weights.map { Float($0) })
            #expect(abs(single.temperature / double.temperature - 1) < 1e-6)
            #expect(abs(single.nllAfter - double.nllAfter) < 1e-6)
        }
    }

    /// Logits here are multiples of 2^-10, so that adding and scaling is exact.
    @Test func theFitHasTheSymmetriesOfSoftmax() throws {
        var random = TestRandom(seed: 9)
        for seed in 1...5 {
            let (logits, labels, weights) = try Self.problem(rows: 400, classes: 4, seed: UInt64(seed))
            let fit = try temperatureFit(logits: logits, labels: labels, weights: weights)
            var moved = logits
            for row in 0..<moved.rows {
                let offset = Double(random.integer(-4096...4096))
                for column in 0..<moved.columns { moved[row, column] += offset }
            }
            let same = try temperatureFit(logits: moved, labels: labels, weights: weights)
            #expect(same.temperature == fit.temperature && same.nllAfter == fit.nllAfter)
            let doubled = try Matrix(rows: 400, columns: 4, elements: logits.elements.map { 2 * $0 })
            let warmer = try temperatureFit(logits: doubled, labels: labels, weights: weights)
            #expect(abs(warmer.temperature / (2 * fit.temperature) - 1) < 1e-13)
            let heavier = try temperatureFit(logits: logits, labels: labels, weights: weights.map { $0 * 3 })
            #expect(abs(heavier.temperature / fit.temperature - 1) < 1e-13)
        }
    }

    @Test func applyingAFitGivesItsLikelihood() throws {
        let (logits, labels, _) = try Self.problem(rows: 500, classes: 6, seed: 3)
        let fit = try temperatureFit(logits: logits, labels: labels)
        let probabilities = try fit(logits)
        let nll = labels.enumerated().reduce(0) { $0 - log(probabilities[$1.offset, Int($1.element)]) } / 500
        #expect(abs(nll - fit.nllAfter) < 1e-13)
        for row in 0..<500 {
            #expect(abs(probabilities[row: row].reduce(0, +) - 1) < 1e-14)
            // Order is kept.
            let z = Array(logits[row: row])
            let p = Array(probabilities[row: row])
            #expect(
                p.indices.allSatisfy { a in p.indices.allSatisfy { b in !(z[a] < z[b]) || p[a] <= p[b] } })
        }
    }

    @Test func temperatureDoesNotDependOnThreads() throws {
        let (logits, labels, weights) = try Self.problem(rows: 70_001, classes: 3, seed: 4)
        try ThreadCount.expectNoInfluence {
            let fit = try temperatureFit(logits: logits, labels: labels, weights: weights)
            return [fit.temperature, fit.nllBefore, fit.nllAfter, fit.gradient, Double(fit.iterations)]
        }
        try ThreadCount.expectNoInfluence { try temperatureApply(logits, temperature: 1.7) }
        let singles = try Matrix(rows: 70_001, columns: 3, elements: logits.elements.map { Float($0) })
        try ThreadCount.expectNoInfluence {
            let fit = try temperatureFit(logits: singles, labels: labels)
            return [fit.temperature, fit.nllBefore, fit.nllAfter, fit.gradient, Double(fit.iterations)]
        }
    }

    @Test func progressRisesAndStopsTheFit() throws {
        let (logits, labels, _) = try Self.problem(rows: 300, classes: 3, seed: 6)
        var fractions: [Double] = []
        let fit = try temperatureFit(logits: logits, labels: labels) {
            fractions.append($0)
            return false
        }
        #expect(fit.outcome == .ok && fractions.count > 1)
        #expect(fractions == fractions.sorted() && fractions.allSatisfy { 0 <= $0 && $0 <= 1 })
        let error = #expect(throws: QuantcalError.self) {
            try temperatureFit(logits: logits, labels: labels) { $0 > 0 }
        }
        #expect(error?.kind == .cancelled)
    }
}
