import Glibc

/// An upper bound on the conditional entropy H(Y | X) by the expected size S of a set that misses with
/// probability e.
///
/// Let A say whether the set C holds Y. Then H(Y | X) <= h(e) + e E[ln |Y \ C| | A = 0] + (1 - e) E[ln |C| | A = 1].
/// By Jensen's inequality each mean is at most the log of the mean size; E|C| = S bounds these by S / (1 - e) and
/// (K - S) / e, and K bounds both. What comes out,
///
///     f(e) = h(e) + e ln min(K, (K - S) / e) + (1 - e) ln min(K, S / (1 - e)),
///
/// is concave in e: h is, and so is e g(c / e) for a concave g. Up to e = 1 - S / K the first minimum is K, from
/// there on the second one, and on either side the derivative has one zero, by a quadratic equation.
///
/// Source: Conformal information pursuit (2025), proposition 3.1, after Correia et al. (2024).
public struct ConformalPursuitBound {
    public enum Kind: Int32, CaseIterable, Sendable {
        case sharp = 0
        case published = 1
    }

    private let classes: Double
    private let size: Double
    private let alpha: Double
    /// The least probability of a miss: alpha - 1 / (n + 1), or 0.
    private let least: Double

    public static func bound(
        classes: Int, n: Int, alpha: Double, meanSize: Double, kind: Kind
    ) throws(QuantcalError) -> Double {
        guard n >= 0 else { throw QuantcalError(.size, "n is \(UInt(bitPattern: n)); it is too large") }
        try Require.level(alpha)
        guard !meanSize.isNaN else {
            throw QuantcalError(.notFinite, "mean_size is nan; mean_size must be 0 to classes")
        }
        guard meanSize >= 0, meanSize <= Double(classes) else {
            throw QuantcalError(
                .domain, "mean_size is \(meanSize); mean_size must be 0 to classes, which is \(classes)")
        }
        let law = Self(
            classes: Double(classes), size: max(meanSize, 1 - alpha), alpha: alpha,
            least: max(alpha - 1 / (Double(n) + 1), 0))
        return min(kind == .sharp ? law.sharp : law.published, log(law.classes))
    }

    private var published: Double {
        Self.coin(min(alpha, 0.5)) + alpha * log(classes)
            + (1 - least) * (log(size) - log1p(-alpha))
    }

    private var sharp: Double {
        // Of a size S, a miss is not rarer than 1 - S, nor more frequent than K - S.
        let high = min(alpha, classes - size)
        let low = min(max(least, 1 - size), high)
        let bend = 1 - size / classes
        // (1 - e)^2 / e = c, and e^2 / (1 - e) = d, where the derivatives vanish.
        let c = size / classes / Self.e
        let d = (classes - size) / classes / Self.e
        let first = 2 / (2 + c + (c * c + 4 * c).squareRoot())
        let second = d == 0 ? 0 : 2 * d / (d + (d * d + 4 * d).squareRoot())
        return max(
            value(min(max(min(first, bend), low), high)), value(min(max(max(second, bend), low), high)))
    }

    private func value(_ miss: Double) -> Double {
        let missed = miss == 0 ? 0 : miss * log(min(classes, (classes - size) / miss))
        return Self.coin(miss) + missed + (1 - miss) * log(min(classes, size / (1 - miss)))
    }

    private static let e = exp(1.0)

    /// The entropy of a coin, in nats.
    private static func coin(_ chance: Double) -> Double {
        guard chance > 0, chance < 1 else { return 0 }
        return -chance * log(chance) - (1 - chance) * log1p(-chance)
    }
}
