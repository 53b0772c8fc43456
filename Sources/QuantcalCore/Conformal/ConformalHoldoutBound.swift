import Glibc

/// How wrong the answers of a holdout with a grid can be, and how many questions that leaves.
///
/// Ours, proved here. Without noise, what is asked next follows from the answers so far: of m questions at most
/// B are answered on the grid of g points, so there are N = sum over i <= B of C(m, i) g^i courses at most,
/// and m N questions in all, fixed before the n holdout points are drawn. By Hoeffding's inequality and a union
/// over both sides of each, with probability at least 1 - delta all means over the holdout are within
/// sqrt(ln(2 m N / delta) / (2 n)) of what they estimate. An answer is within max(T, c / 2) of such a mean: T
/// if it is the training set's, half the spacing c = 1 / (g - 1) if it was rounded.
public struct ConformalHoldoutBound {
    public static let greatestQuestions = 1 << 40

    private let n: Int
    private let budget: Int
    private let grid: Int
    private let threshold: Double
    private let delta: Double

    public init(n: Int, budget: Int, grid: Int, threshold: Double, delta: Double) throws(QuantcalError) {
        guard n >= 1 else { throw QuantcalError(.size, "n is \(n); there must be a holdout point") }
        guard budget >= 0, budget <= ConformalHoldout.greatestBudget else {
            throw QuantcalError(.size, "budget is \(UInt(bitPattern: budget)); budget must be at most 2^20")
        }
        guard grid >= 2, grid <= ConformalHoldout.greatestGrid else {
            throw QuantcalError(.size, "grid is \(UInt(bitPattern: grid)); grid must be 2 to 2^20")
        }
        guard threshold >= 0, threshold <= 1 else {
            throw QuantcalError(
                threshold.isNaN ? .notFinite : .domain, "threshold is \(threshold); threshold must be 0 to 1")
        }
        try Require.level(delta, "delta")
        (self.n, self.budget, self.grid, self.threshold) = (n, budget, grid, threshold)
        self.delta = delta
    }

    private var rounding: Double { max(threshold, 0.5 / Double(grid - 1)) }

    /// What no answer to `questions` of them exceeds, with probability at least 1 - delta.
    public func error(questions: Int) throws(QuantcalError) -> Double {
        guard questions >= 1, questions <= Self.greatestQuestions else {
            throw QuantcalError(
                .size, "questions is \(UInt(bitPattern: questions)); questions must be 1 to 2^40")
        }
        return computed(questions)
    }

    /// How many questions all have answers within `accuracy`, at most 2^40.
    public func questions(accuracy: Double) throws(QuantcalError) -> Int {
        try Require.level(accuracy, "accuracy")
        guard computed(1) <= accuracy else {
            throw QuantcalError(.infeasible, "not even one question has an answer within \(accuracy)")
        }
        var (low, high) = (1, Self.greatestQuestions)
        while low < high {
            let middle = low + (high - low + 1) / 2
            if computed(middle) <= accuracy { low = middle } else { high = middle - 1 }
        }
        return low
    }

    private func computed(_ questions: Int) -> Double {
        let union = log(2 * Double(questions) / delta) + logCourses(questions)
        return rounding + (union / (2 * Double(n))).squareRoot()
    }

    /// ln N: each term from the one before it, summed in parts of the largest.
    private func logCourses(_ questions: Int) -> Double {
        let most = min(budget, questions)
        var (logTerm, greatest, sum) = (0.0, 0.0, 1.0)
        for i in 0..<most {
            logTerm += log(Double(questions - i) / Double(i + 1) * Double(grid))
            if logTerm > greatest {
                sum = sum * exp(greatest - logTerm) + 1
                greatest = logTerm
            } else {
                sum += exp(logTerm - greatest)
            }
        }
        return greatest + log(sum)
    }
}
