/// The shared test vectors, as `Tests/Vectors/README.md` describes them.

import Foundation

/// One file: the cases of one function.
struct VectorFile: Decodable {
    let function: String
    let types: [VectorType]
    let tolerance: VectorTolerance?
    let cases: [VectorCase]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors")

    /// The files, as "family/name.json".
    static let paths: [String] = {
        let found = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return found.filter { $0.hasSuffix(".json") && $0.contains("/") }.sorted()
    }()

    init(path: String) throws {
        let data = try Data(contentsOf: VectorFile.root.appending(path: path))
        self = try JSONDecoder().decode(VectorFile.self, from: data)
    }

    /// Every case in every type it runs in.
    var runs: [VectorRun] {
        cases.flatMap { one in
            (one.types ?? types).map { type in
                VectorRun(vector: one, type: type, tolerance: one.tolerance ?? tolerance ?? .exact)
            }
        }
    }
}

struct VectorCase: Decodable {
    let name: String
    let types: [VectorType]?
    let tolerance: VectorTolerance?
    let `in`: [String: VectorValue]
    let out: [String: VectorValue]?
    let status: String?
    let message: String?
}

struct VectorRun {
    let vector: VectorCase
    let type: VectorType
    let tolerance: VectorTolerance
}

/// The suffix of the C name.
enum VectorType: String, Decodable {
    case none = ""
    case f64, f32, f16, bf16

    var format: FloatFormat {
        switch self {
        case .none, .f64: .f64
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        }
    }
}

/// A JSON value with the notations of the vectors resolved: a number may be in a string, and an
/// array may be given by its one element.
indirect enum VectorValue: Decodable {
    case number(Double)
    case text(String)
    case array([VectorValue])
    case emptyMatrix(rows: Int, columns: Int)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = VectorValue.number(in: text).map(VectorValue.number) ?? .text(text)
        } else if let elements = try? container.decode([VectorValue].self) {
            self = .array(elements)
        } else if let repeated = try? container.decode(Repeated.self) {
            self = .array(Array(repeating: repeated.repeat, count: repeated.count))
        } else {
            let matrix = try container.decode(EmptyMatrix.self)
            self = .emptyMatrix(rows: matrix.rows, columns: matrix.columns)
        }
    }

    private struct Repeated: Decodable {
        let `repeat`: VectorValue
        let count: Int
    }

    private struct EmptyMatrix: Decodable {
        let rows, columns: Int
    }

    /// Only these forms: "1e5" in a string would be a mistake, and a long decimal stays text
    /// because a double cannot hold it.
    private static func number(in text: String) -> Double? {
        switch text {
        case "nan": .nan
        case "inf": .infinity
        case "-inf": -.infinity
        default: text.hasPrefix("0x") || text.hasPrefix("-0x") ? Double(text) : nil
        }
    }

    /// The elements of an array or matrix, row by row; of anything else, itself.
    var flattened: [VectorValue] {
        switch self {
        case .array(let elements): elements.flatMap(\.flattened)
        case .emptyMatrix: []
        default: [self]
        }
    }
}
