import Quantcal
import QuantcalCore

/// Labelled rows from a directory: images.npy (rows x inputs) and labels.npy (rows).
struct Dataset {
    let images: Matrix<Float>
    let labels: [Int64]
    let directory: String

    var rows: Int { images.rows }

    /// Reads the two files. `inputs` and `classes` are the network's.
    init(directory: String, inputs: Int, classes: Int) throws {
        self.directory = directory
        images = try Self.readImages("\(directory)/images.npy", inputs: inputs)
        labels = try Self.readLabels("\(directory)/labels.npy", classes: classes)
        guard images.rows == labels.count else {
            throw InputError(
                directory, "images.npy has \(images.rows) rows, but labels.npy has \(labels.count)")
        }
        guard rows >= 2 else { throw InputError(directory, "it has \(rows) rows; at least 2 are needed") }
    }

    /// Every second row, from `first` on: halves that are alike even if the file is sorted.
    init(every second: Dataset, from first: Int) throws {
        let chosen = stride(from: first, to: second.rows, by: 2)
        images = try Matrix(
            rows: chosen.underestimatedCount, columns: second.images.columns,
            elements: chosen.flatMap { second.images[row: $0] })
        labels = chosen.map { second.labels[$0] }
        directory = second.directory
    }

    private static func readImages(_ path: String, inputs: Int) throws -> Matrix<Float> {
        try withFile(path) { bytes in
            do {
                let array = try Npy(bytes, name: "images").array
                guard array.shape.count >= 2 else {
                    throw InputError(path, "its shape is \(array.shape); rows x inputs are needed")
                }
                let columns = array.shape.dropFirst().reduce(1, *)
                guard columns == inputs else {
                    throw InputError(
                        path, "a row has \(columns) values, but the network's fc1.weight takes \(inputs)")
                }
                let values = try array.floats()
                if let index = values.firstIndex(where: { !$0.isFinite }) {
                    throw InputError(
                        path,
                        "row \(index / columns), value \(index % columns) is \(values[index]); "
                            + "values must be finite")
                }
                return try Matrix(rows: array.shape[0], columns: columns, elements: values)
            } catch let error as QuantcalError {
                throw InputError(path, error.message)
            }
        }
    }

    private static func readLabels(_ path: String, classes: Int) throws -> [Int64] {
        try withFile(path) { bytes in
            do {
                let array = try Npy(bytes, name: "labels").array
                guard array.shape.count == 1 else {
                    throw InputError(path, "its shape is \(array.shape); one label for each row is needed")
                }
                let labels = try array.integers()
                if let row = labels.firstIndex(where: { !(0..<Int64(classes)).contains($0) }) {
                    throw InputError(
                        path,
                        "the label of row \(row) is \(labels[row]); the network has the classes 0 to "
                            + "\(classes - 1)")
                }
                return labels
            } catch let error as QuantcalError {
                throw InputError(path, error.message)
            }
        }
    }
}
