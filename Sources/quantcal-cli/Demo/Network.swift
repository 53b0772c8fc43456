import Quantcal
import QuantcalCore

/// A fully connected network with ReLU between its layers.
struct Network {
    struct Layer {
        /// Outputs x inputs.
        var weight: Matrix<Float>
        let bias: [Float]
    }

    var layers: [Layer]

    var inputs: Int { layers[0].weight.columns }
    var classes: Int { layers[layers.count - 1].bias.count }
    /// Inputs, then the outputs of each layer.
    var widths: [Int] { [inputs] + layers.map(\.bias.count) }
    var weightCount: Int { layers.reduce(0) { $0 + $1.weight.elements.count } }
    var biasCount: Int { layers.reduce(0) { $0 + $1.bias.count } }

    /// The logits of each row of inputs, in blocks of rows so that activations stay small.
    func logits(_ images: Matrix<Float>) throws -> Matrix<Float> {
        var result: [Float] = []
        result.reserveCapacity(images.rows * classes)
        for start in stride(from: 0, to: images.rows, by: 4096) {
            let end = min(start + 4096, images.rows)
            var activations = Array(images.elements[start * inputs..<end * inputs])
            for (index, layer) in layers.enumerated() {
                activations = try layer.apply(activations, rows: end - start)
                guard index < layers.count - 1 else { break }
                for i in activations.indices { activations[i] = max(activations[i], 0) }
            }
            result += activations
        }
        return try Matrix(rows: images.rows, columns: classes, elements: result)
    }
}

extension Network.Layer {
    /// inputs x weight^T + bias, for `rows` rows.
    fileprivate func apply(_ inputs: [Float], rows: Int) throws -> [Float] {
        var outputs = [Float](repeating: 0, count: rows * bias.count)
        try inputs.withUnsafeBufferPointer { inputs in
            try weight.elements.withUnsafeBufferPointer { weights in
                try outputs.withUnsafeMutableBufferPointer { outputs in
                    try MatrixProduct.timesTransposed(
                        inputs, weights, rows: rows, columns: bias.count, inner: weight.columns, into: outputs
                    )
                }
            }
        }
        for row in 0..<rows {
            for (column, value) in bias.enumerated() { outputs[row * bias.count + column] += value }
        }
        return outputs
    }
}
