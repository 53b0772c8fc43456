import Quantcal

/// A network as it is stored, and as it computes after being read back. Weights are quantized;
/// biases stay in float32, for they are few and sums depend on them.
struct StoredNetwork {
    let network: Network
    /// Codes, scales and biases; for float32, weights and biases.
    let byteCount: Int
    /// sqrt(sum of (weight - stored weight)^2 / sum of weight^2) over all weights; 0 if all are 0.
    let weightError: Double

    /// `bits` nil keeps float32.
    init(_ original: Network, bits: Int?, groupSize: Int) throws {
        var network = original
        var bytes = 4 * original.biasCount
        var (difference, total) = (0.0, 0.0)
        for index in network.layers.indices {
            let weight = network.layers[index].weight
            guard let bits else {
                bytes += 4 * weight.elements.count
                continue
            }
            let quantized = try quantize(weight, bits: bits, groupSize: groupSize)
            let decoded = try quantized.dequantize()
            bytes += quantized.byteCount
            for (before, after) in zip(weight.elements, decoded.elements) {
                difference += (Double(before) - Double(after)) * (Double(before) - Double(after))
                total += Double(before) * Double(before)
            }
            network.layers[index].weight = decoded
        }
        self.network = network
        byteCount = bytes
        weightError = total > 0 ? (difference / total).squareRoot() : 0
    }
}
