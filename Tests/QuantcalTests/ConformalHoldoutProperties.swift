import Quantcal
import Testing

@Suite struct ConformalHoldoutProperties {
    private func means(_ count: Int, _ random: inout TestRandom) -> (training: [Double], holdout: [Double]) {
        let training = random.array(count) { $0.uniform() }
        return (training, training.map { min(max($0 + random.normal() / 10, 0), 1) })
    }

    @Test(arguments: ConformalHoldoutMechanism.allCases)
    func aBudgetIsNeverOverspentAndStaysSpent(mechanism: ConformalHoldoutMechanism) throws {
        var random = TestRandom(seed: 71)
        for budget in [1, 2, 3, 10, 100] {
            var state = try ConformalHoldout(mechanism: mechanism, budget: budget, seed: UInt64(budget))
            var spent = 0
            while state.remaining.budget > 0 {
                let questions = means(random.integer(0...20), &random)
                let answers = try state.ask(training: questions.training, holdout: questions.holdout)
                spent += answers.isFromHoldout.count { $0 }
                #expect(spent + state.remaining.budget == budget)
                #expect(
                    answers.values.count == questions.training.count || state.remaining.budget == 0)
            }
            let after = state.serialized()
            let error = #expect(throws: QuantcalError.self) { try state.ask(training: [0], holdout: [0]) }
            #expect(error?.kind == .infeasible && state.serialized() == after)
            #expect(try state.ask(training: [], holdout: []).values.isEmpty)
        }
    }

    /// What comes from the training set is told exactly, what comes from the holdout is a point of the grid.
    @Test func answersOfAGridAreWithinItsSteps() throws {
        var random = TestRandom(seed: 72)
        for grid in [2, 11, 101, 1 << 20] {
            var state = try ConformalHoldout(mechanism: .grid, threshold: 0.05, grid: grid, budget: 1000)
            let questions = means(500, &random)
            let answers = try state.ask(training: questions.training, holdout: questions.holdout)
            for (index, value) in answers.values.enumerated() {
                let (training, holdout) = (questions.training[index], questions.holdout[index])
                #expect(answers.isFromHoldout[index] == (abs(training - holdout) > 0.05))
                let step = 1 / Double(grid - 1)
                #expect(
                    answers.isFromHoldout[index]
                        ? abs(value - holdout) <= step / 2 * (1 + 1e-9) : value == training)
            }
        }
    }

    @Test func aCopyHasABudgetOfItsOwn() throws {
        var state = try ConformalHoldout(mechanism: .grid, budget: 2)
        let copy = state
        _ = try state.ask(training: [0], holdout: [1])
        #expect(state.remaining == (1, 1) && copy.remaining == (2, 0))
    }

    /// A refused call leaves all as it was, the noise too.
    @Test func errorsCostNothing() throws {
        var state = try ConformalHoldout(seed: 5)
        let before = state.serialized()
        #expect(throws: QuantcalError.self) { try state.ask(training: [0, 0.5], holdout: [1, .nan]) }
        #expect(throws: QuantcalError.self) { try state.ask(training: [0, 2], holdout: [1, 0]) }
        #expect(throws: QuantcalError.self) { try state.ask(training: [0], holdout: []) }
        #expect(state.serialized() == before)
    }

    @Test func theBoundGrowsWithQuestionsAndBudgetAndFallsWithPoints() throws {
        func bound(_ n: Int, _ m: Int, _ budget: Int) throws -> Double {
            try conformalHoldoutError(n: n, questions: m, budget: budget, delta: 0.05)
        }
        for n in [100, 10_000, 1_000_000] {
            for m in [1, 10, 1000, 1 << 30] {
                for budget in [0, 1, 10, 200] {
                    let here = try bound(n, m, budget)
                    #expect(try bound(n, m + 1, budget) > here && bound(n + 1, m, budget) < here)
                    #expect(try bound(n, m, budget + 1) >= here)
                }
            }
        }
    }

    @Test func anyOtherByteIsRefused() throws {
        var state = try ConformalHoldout(budget: 3, seed: 9)
        _ = try state.ask(training: [0.1, 0.9], holdout: [0.9, 0.9])
        let bytes = state.serialized()
        #expect(try ConformalHoldout(serialized: bytes).serialized() == bytes)
        for index in bytes.indices {
            var broken = bytes
            broken[index] ^= 1
            let error = #expect(throws: QuantcalError.self) { try ConformalHoldout(serialized: broken) }
            #expect(error?.kind == .format)
        }
    }
}
