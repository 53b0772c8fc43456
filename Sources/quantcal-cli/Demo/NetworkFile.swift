import Quantcal
import QuantcalCore

extension Network {
    /// Reads fc1.weight, fc1.bias, fc2.weight, ... from a safetensors file. Anything that would make
    /// the result another network than the file's owner has in mind is an error.
    init(path: String) throws {
        layers = try withFile(path) { bytes in
            do {
                let file = try Safetensors(bytes)
                let count = try Self.layerCount(file.tensors, path)
                return try (1...count).map { try Self.readLayer(file, $0, path) }
            } catch let error as QuantcalError {
                throw InputError(path, error.message)
            }
        }
        for (index, (layer, next)) in zip(layers, layers.dropFirst()).enumerated()
        where layer.bias.count != next.weight.columns {
            throw InputError(
                path,
                "fc\(index + 1) gives \(layer.bias.count) outputs, but fc\(index + 2).weight takes "
                    + "\(next.weight.columns)")
        }
        guard classes >= 2 else {
            throw InputError(path, "the last layer has \(classes) outputs; a classifier has at least 2")
        }
    }

    /// The highest N among tensors called fcN.weight or fcN.bias; other names are an error.
    private static func layerCount(_ tensors: [TensorView], _ path: String) throws -> Int {
        let numbers = try tensors.map { tensor in
            guard let number = layerNumber(tensor.name) else {
                throw InputError(
                    path,
                    "tensor \(quoted(tensor.name)) is none of fc1.weight, fc1.bias, fc2.weight, ...; "
                        + "the demo runs fully connected networks only")
            }
            return number
        }
        // Names are unique, so a higher number would leave gaps, one of which is reported.
        return max(1, min(numbers.max() ?? 1, tensors.count))
    }

    private static func layerNumber(_ name: String) -> Int? {
        guard name.hasPrefix("fc"), name.hasSuffix(".weight") || name.hasSuffix(".bias") else { return nil }
        let digits = name.dropFirst(2).prefix { $0 != "." }
        guard let number = Int(digits), number >= 1,
            ["fc\(number).weight", "fc\(number).bias"].contains(name)
        else {
            return nil
        }
        return number
    }

    private static func readLayer(_ file: Safetensors, _ number: Int, _ path: String) throws -> Layer {
        let weight = try values(file, "fc\(number).weight", rank: 2, path)
        let bias = try values(file, "fc\(number).bias", rank: 1, path)
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        guard outputs > 0, inputs > 0 else {
            throw InputError(path, "fc\(number).weight is \(outputs) x \(inputs); neither may be 0")
        }
        guard bias.shape[0] == outputs else {
            throw InputError(
                path,
                "fc\(number).bias has \(bias.shape[0]) values, but fc\(number).weight has \(outputs) outputs")
        }
        return Layer(
            weight: try Matrix(rows: outputs, columns: inputs, elements: weight.values), bias: bias.values)
    }

    private static func values(
        _ file: Safetensors, _ name: String, rank: Int, _ path: String
    ) throws -> (shape: [Int], values: [Float]) {
        guard let tensor = file.tensor(named: name) else {
            throw InputError(path, "there is no tensor \(name)")
        }
        guard [.float32, .float16, .bfloat16, .float64].contains(tensor.type) else {
            throw InputError(
                path, "\(name) has the type \(tensor.type.rawValue); F32, F16, BF16 or F64 is needed")
        }
        guard tensor.shape.count == rank else {
            throw InputError(
                path,
                "\(name) has \(tensor.shape.count) dimensions; "
                    + (rank == 2 ? "2 are needed: outputs x inputs" : "1 is needed: outputs"))
        }
        let values = try tensor.floats()
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw InputError(path, "\(name), element \(index) is \(values[index]); weights must be finite")
        }
        return (tensor.shape, values)
    }
}
