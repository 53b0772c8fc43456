import Quantcal
import Testing

@Suite struct ConformalCircuitProperties {
    private static func rules(_ random: inout TestRandom, leaves: Int, count: Int) -> [KnowledgeRule] {
        func literal() -> KnowledgeLiteral {
            let leaf = random.integer(0...(leaves - 1))
            return random.integer(0...1) == 0 ? .leaf(leaf) : .not(leaf)
        }
        return (0..<count).map { _ in
            KnowledgeRule(literal(), implies: literal(), weight: 2 * random.normal())
        }
    }

    /// "a implies b" is "not b implies not a", and a weight is that of the broken rule's opposite.
    @Test func whatSaysTheSameDoesTheSame() throws {
        var random = TestRandom(seed: 91)
        for _ in 0..<200 {
            let leaves = try Matrix([random.array(4) { $0.uniform() }])
            let rules = Self.rules(&random, leaves: 4, count: 4)
            let turned = rules.map {
                KnowledgeRule(negated($0.conclusion), implies: negated($0.premise), weight: $0.weight)
            }
            let plain = try conformalCircuitProbabilities(leaves, rules: rules)
            let same = try conformalCircuitProbabilities(leaves, rules: turned)
            for (a, b) in zip(plain.elements, same.elements) { #expect(abs(a - b) <= 1e-13) }
        }
    }

    private func negated(_ literal: KnowledgeLiteral) -> KnowledgeLiteral {
        switch literal {
        case .leaf(let leaf): .not(leaf)
        case .not(let leaf): .leaf(leaf)
        }
    }

    /// What holds of a leaf's negation is one less what holds of it.
    @Test func aLeafAndItsOppositeShareTheWhole() throws {
        var random = TestRandom(seed: 92)
        for _ in 0..<200 {
            // 1 - p is exact.
            let values = random.array(3) { Double($0.integer(1...1023)) / 1024 }
            let rules = Self.rules(&random, leaves: 3, count: 3)
            let turned = rules.map {
                KnowledgeRule(negated($0.premise), implies: negated($0.conclusion), weight: $0.weight)
            }
            let plain = try conformalCircuitProbabilities(Matrix([values]), rules: rules)
            let opposite = try conformalCircuitProbabilities(Matrix([values.map { 1 - $0 }]), rules: turned)
            for (a, b) in zip(plain.elements, opposite.elements) { #expect(abs(a + b - 1) <= 1e-13) }
        }
    }

    /// Bounds hold all that lies between, meet where the leaves' bounds meet, and shrink with them.
    @Test func boundsHoldAllBetween() throws {
        var random = TestRandom(seed: 93)
        for _ in 0..<300 {
            let count = random.integer(1...7)
            let rules = Self.rules(&random, leaves: count, count: random.integer(0...6))
            let pairs = (0..<count).map { _ in [random.uniform(), random.uniform()].sorted() }
            let (low, high) = (pairs.map { $0[0] }, pairs.map { $0[1] })
            let inside = pairs.map { $0[0] + ($0[1] - $0[0]) * random.uniform() }
            let wide = try conformalCircuitBounds(lower: Matrix([low]), upper: Matrix([high]), rules: rules)
            let tight = try conformalCircuitBounds(
                lower: Matrix([inside]), upper: Matrix([high]), rules: rules)
            let value = try conformalCircuitProbabilities(Matrix([inside]), rules: rules).elements
            for leaf in 0..<count {
                #expect(wide.lower[0, leaf] <= value[leaf] && value[leaf] <= wide.upper[0, leaf])
                #expect(wide.lower[0, leaf] <= tight.lower[0, leaf] + 1e-14)
                #expect(tight.upper[0, leaf] <= wide.upper[0, leaf] + 1e-14)
            }
        }
    }

    @Test func sixteenLeavesAreTheMost() throws {
        func chain(_ count: Int) -> [KnowledgeRule] {
            (0..<count - 1).map { KnowledgeRule(.leaf($0), implies: .leaf($0 + 1), weight: 0.5) }
        }
        func leaves(_ count: Int) throws -> Matrix<Double> {
            try Matrix([Array(repeating: 0.5, count: count)])
        }
        let found = try conformalCircuitProbabilities(leaves(16), rules: chain(16)).elements
        #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
        #expect(throws: QuantcalError.self) {
            try conformalCircuitProbabilities(leaves(17), rules: chain(17))
        }
        // Two circuits may have what one may not.
        var apart = chain(17)
        apart[8].circuit = 1
        #expect(try conformalCircuitProbabilities(leaves(17), rules: apart, circuits: 2).columns == 17)
    }
}
