/// A matrix in the layout of another runtime: GPTQ, AWQ, or one of compressed-tensors. What the tensors beside
/// its codes say is put together by `RuntimeJoiner`, and checked there.
///
/// A number is (level of its code - zero point) * scale. The matrix is outputs x inputs, whatever the file has.
extension ModelFile {
    public struct RuntimeCodes: Equatable, Sendable {
        /// One of the tensors that make up a matrix.
        struct Part: Equatable, Sendable {
            let file: Int
            let range: Range<Int>
            let type: TensorType

            init?(_ tensor: Tensor) {
                guard case .plain(let type) = tensor.type else { return nil }
                (file, range, self.type) = (tensor.file, tensor.range, type)
            }
        }

        /// What codes stand for.
        enum Levels: Equatable, Sendable {
            case unsigned
            /// Unsigned codes, the middle of which is zero.
            case centred
            case twosComplement
            /// Of a named grid.
            case grid(String)
        }

        /// How many neighbours share a scale.
        struct Block: Equatable, Sendable {
            var rows: Int
            var columns: Int
        }

        /// As `ModelQuantization` names types: "int4", "nvfp4".
        public let typeName: String
        let rows: Int
        let columns: Int
        let bits: Int
        let levels: Levels
        /// How codes lie; nil: one after the other, the lowest bits first.
        let format: CheckpointFormat?
        let weights: Part
        let scales: Part
        let block: Block
        /// Scales in a row of the matrix, and in a column.
        let groups: Int
        let scaleRows: Int
        var zeros: Part?
        /// What zero points are lessened by in the file.
        var zeroOffset = 0
        /// The group of each column, where columns are not in order.
        var columnGroups: Part?
        /// No code is in two words.
        var hasWholeCodes = false
        /// What all scales are divided by, or multiplied.
        var sharedScale: Part?
        var isSharedFactor = false

        var parts: [Part] {
            [weights, scales] + [zeros, columnGroups, sharedScale].compactMap { $0 }
        }

        /// Whether scales and zero points lie group by group.
        var isGroupMajor: Bool { format?.isGroupMajor ?? false }

        /// Of all that decides what the numbers are.
        var digest: String {
            "\(typeName) \(bits) \(levels) \(block.rows) \(block.columns) \(zeroOffset) "
                + (hasWholeCodes ? "whole " : "") + (isSharedFactor ? "factor " : "")
                + parts.map { "\($0.file) \($0.range) \($0.type.rawValue)" }.joined(separator: " ") + "\n"
        }
    }
}
