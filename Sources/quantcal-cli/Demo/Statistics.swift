import Quantcal

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The mean of `value` over `items`.
func mean<Items: Collection>(_ items: Items, _ value: (Items.Element) -> Double) -> Double {
    items.reduce(0) { $0 + value($1) } / Double(items.count)
}

/// The mean negative log-likelihood, in nats, of softmax(logits / temperature). From logits and not
/// from probabilities, which may have become 0.
func negativeLogLikelihood(_ logits: Matrix<Float>, _ labels: [Int64], temperature: Double) -> Double {
    mean(labels.indices) { row in
        let scaled = logits[row: row].map { Double($0) / temperature }
        let highest = scaled.max() ?? 0
        let sum = scaled.reduce(0) { $0 + exp($1 - highest) }
        return log(sum) + highest - scaled[Int(labels[row])]
    }
}

/// The same of probabilities, where those are what there is: +infinity if a label has the probability 0.
func negativeLogLikelihood(_ probabilities: Matrix<Double>, _ labels: [Int64]) -> Double {
    mean(labels.indices) { -log(probabilities[$0, Int(labels[$0])]) }
}

/// The mean squared distance between the probabilities of a row and 1 for its label, 0 for the rest
/// (Brier 1950): 0 to 2.
func brierScore<Scalar: BinaryFloatingPoint>(_ probabilities: Matrix<Scalar>, _ labels: [Int64]) -> Double {
    mean(labels.indices) { row in
        probabilities[row: row].enumerated().reduce(0) { sum, one in
            let distance = Double(one.element) - (one.offset == labels[row] ? 1 : 0)
            return sum + distance * distance
        }
    }
}
