import Quantcal
import Testing

@Suite struct ConformalClustersProperties {
    /// Points of classes whose scores are of one of some kinds, far apart.
    private func points(
        _ random: inout TestRandom, kinds: [Int], each: Int
    ) -> (scores: [Double], labels: [Int64]) {
        let labels = (0..<each * kinds.count).map { Int64($0 % kinds.count) }
        return (labels.map { Double(100 * kinds[Int($0)]) + random.normal() }, labels)
    }

    @Test func classesOfAKindShareACluster() throws {
        var random = TestRandom(seed: 3)
        for trial in 0..<40 {
            let kinds = [0] + (0..<60).map { _ in random.integer(0...3) } + [1, 2, 3]
            let (scores, labels) = points(&random, kinds: kinds, each: 12)
            let found = try conformalClassClusters(
                scores: scores, labels: labels, classCount: kinds.count, alpha: 0.1,
                options: ConformalClusterOptions(clusterCount: 4, seed: UInt64(trial)))
            var numbers: [Int: Int64] = [:]
            for kind in kinds where numbers[kind] == nil { numbers[kind] = Int64(numbers.count) }
            #expect(found.clusterCount == 4)
            #expect(found.clusters == kinds.map { numbers[$0]! }, "\(trial)")
        }
    }

    @Test func theOrderOfPointsDoesNotMatterAndTheirScaleNeither() throws {
        var random = TestRandom(seed: 4)
        let classes = 30
        let labels = (0..<900).map { _ in Int64(random.integer(0...classes - 1)) }
        let scores = labels.map { Double($0 % 7) + random.normal() }
        let options = try ConformalClusterOptions(clusterCount: 5, seed: 8)
        func clusters(_ scores: [Double], _ labels: [Int64]) throws -> [Int64] {
            try conformalClassClusters(
                scores: scores, labels: labels, classCount: classes, alpha: 0.1, options: options
            ).clusters
        }
        let found = try clusters(scores, labels)
        #expect(try clusters(scores.reversed(), labels.reversed()) == found)
        for exponent in [-1000, -300, 300, 1000] {
            let scale = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(try clusters(scores.map { $0 * scale }, labels) == found, "2^\(exponent)")
        }
        #expect(Set(found).isSubset(of: Set(0...5)))
    }

    /// A class is rare exactly if its points have no finite threshold.
    @Test(arguments: [0.02, 0.1, 0.3, 0.44]) func rareClassesHaveNoFiniteThreshold(alpha: Double) throws {
        let classes = 70
        let labels = (0..<classes).flatMap { [Int64](repeating: Int64($0), count: $0) }
        let scores = labels.map { Double($0) }
        let found = try conformalClassClusters(
            scores: scores, labels: labels, classCount: classes, alpha: alpha,
            options: ConformalClusterOptions(clusterCount: 2, rare: .none))
        for (count, cluster) in found.clusters.enumerated() {
            #expect((cluster == -1) == (try conformalRank(n: count, alpha: alpha) > count), "\(count)")
        }
    }

    @Test func workIsReportedAndStops() throws {
        var fractions: [Double] = []
        let (scores, labels) = ([1.0, 2, 3, 4], [Int64](0...3))
        _ = try conformalClassClusters(
            scores: scores, labels: labels, classCount: 4, alpha: 0.5,
            options: ConformalClusterOptions(clusterCount: 2)
        ) {
            fractions.append($0)
            return false
        }
        #expect(fractions == (0..<10).map { Double($0) / 10 })
        #expect(throws: QuantcalError.self) {
            try conformalClassClusters(
                scores: scores, labels: labels, classCount: 4, alpha: 0.5,
                options: ConformalClusterOptions(clusterCount: 2)
            ) { $0 > 0.2 }
        }
    }
}
