/// One scale and zero point for channels that had their own, without a change of what the model computes: the
/// differences go into the normalization before the channels and into the linear layer behind them.
///
/// With r = s_c / s and h = (z - z_c) s the channel becomes x / r - h, whose codes are those that x had. Source: Li
/// et al. (2023), RepQ-ViT; the median is that of Yang et al. (2024), DopQ-ViT. Departure: the common zero
/// point is rounded before h is computed, so that 0 stays a level; the public code does not round it.
public struct ChannelReparameterization: Sendable {
    /// Where the common value lies among those of the channels.
    public enum Common: Int32, CaseIterable, Sendable {
        case mean = 0
        /// The lower one of two: the sum of distances is least.
        case median = 1
    }

    public var common = Common.mean
    /// Whether the common zero point need not be a whole number.
    public var hasRealZero = false

    public init() {}

    /// What the differences go into. Without zero points nothing is added, and the two need not be there.
    public struct Layers {
        public var gamma: UnsafeMutableBufferPointer<Float>
        public var beta: UnsafeMutableBufferPointer<Float>?
        /// A row for each output, a column for each channel.
        public var weights: UnsafeMutableBufferPointer<Float>
        public var bias: UnsafeMutableBufferPointer<Float>?

        public init(
            gamma: UnsafeMutableBufferPointer<Float>, beta: UnsafeMutableBufferPointer<Float>?,
            weights: UnsafeMutableBufferPointer<Float>, bias: UnsafeMutableBufferPointer<Float>?
        ) {
            (self.gamma, self.beta, self.weights, self.bias) = (gamma, beta, weights, bias)
        }

        fileprivate func check() throws(QuantcalError) {
            try Require.finite(UnsafeBufferPointer(gamma), "gamma")
            if let beta { try Require.finite(UnsafeBufferPointer(beta), "beta") }
            try Require.finite(UnsafeBufferPointer(weights), "weights")
            if let bias { try Require.finite(UnsafeBufferPointer(bias), "bias") }
        }
    }

    /// Changes the layers, unless they would not be finite. Channels of scale 0 stay as they are.
    public func callAsFunction(
        scales: UnsafeBufferPointer<Float>, zeros: UnsafeBufferPointer<Float>?, _ layers: Layers
    ) throws(QuantcalError) -> (scale: Float, zero: Float) {
        try Require.finite(scales, "scales")
        if let index = scales.firstIndex(where: { $0 < 0 }) {
            throw QuantcalError(.domain, "scales[\(index)] is \(scales[index]); scales must be >= 0")
        }
        if let zeros { try Require.finite(zeros, "zeros") }
        try layers.check()
        guard scales.contains(where: { $0 > 0 }) else { return (1, 0) }
        let scale = max(Float(try middle(scales, scales)), .leastNormalMagnitude)
        let exact = try zeros.map { zeros throws(QuantcalError) in try middle(zeros, scales) } ?? 0
        let zero = Float(hasRealZero ? exact : exact.rounded(.toNearestOrEven))
        try fold(scales, zeros, scale, zero, layers)
        return (scale, zero)
    }

    /// Of the channels that are not skipped.
    private func middle(
        _ values: UnsafeBufferPointer<Float>, _ scales: UnsafeBufferPointer<Float>
    ) throws(QuantcalError) -> Double {
        let live = try Scratch<Float>(values.count)
        var (count, sum) = (0, 0.0)
        for index in values.indices where scales[index] > 0 {
            live.buffer[count] = values[index]
            sum += Double(values[index])
            count += 1
        }
        if common == .mean { return sum / Double(count) }
        let kept = UnsafeBufferPointer(rebasing: live.buffer[..<count])
        return Double(try Selection.select(rank: (count - 1) / 2, in: kept, name: "values"))
    }

    private func fold(
        _ scales: UnsafeBufferPointer<Float>, _ zeros: UnsafeBufferPointer<Float>?, _ scale: Float,
        _ zero: Float, _ layers: Layers
    ) throws(QuantcalError) {
        let channels = scales.count
        let rows = layers.weights.count / max(channels, 1)
        let ratios = try Scratch<Double>(channels)
        let shifts = try Scratch<Double>(channels)
        for channel in 0..<channels {
            let isLive = scales[channel] > 0
            ratios.buffer[channel] = isLive ? Double(scales[channel]) / Double(scale) : 1
            let difference = zeros.map { Double(zero) - Double($0[channel]) } ?? 0
            shifts.buffer[channel] = isLive ? difference * Double(scale) : 0
        }
        func gamma(_ channel: Int) -> Float { Float(Double(layers.gamma[channel]) / ratios.buffer[channel]) }
        func beta(_ channel: Int, _ beta: UnsafeMutableBufferPointer<Float>) -> Float {
            Float(Double(beta[channel]) / ratios.buffer[channel] - shifts.buffer[channel])
        }
        func weight(_ row: Int, _ channel: Int) -> Float {
            Float(Double(layers.weights[row * channels + channel]) * ratios.buffer[channel])
        }
        let biases = try Scratch<Float>(rows)
        var isFinite = true
        for channel in 0..<channels {
            isFinite = isFinite && gamma(channel).isFinite
            if let old = layers.beta { isFinite = isFinite && beta(channel, old).isFinite }
        }
        for row in 0..<rows {
            var sum = layers.bias.map { Double($0[row]) } ?? 0
            for channel in 0..<channels {
                let weight = weight(row, channel)
                isFinite = isFinite && weight.isFinite
                sum += Double(weight) * shifts.buffer[channel]
            }
            biases.buffer[row] = Float(sum)
            isFinite = isFinite && biases.buffer[row].isFinite
        }
        guard isFinite else {
            throw QuantcalError(.domain, "scales differ so much that the layers would not be finite")
        }
        for channel in 0..<channels {
            layers.gamma[channel] = gamma(channel)
            if let old = layers.beta { old[channel] = beta(channel, old) }
        }
        for row in 0..<rows {
            for channel in 0..<channels { layers.weights[row * channels + channel] = weight(row, channel) }
        }
        if let bias = layers.bias { _ = bias.update(fromContentsOf: biases.buffer) }
    }
}
