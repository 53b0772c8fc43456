/// An array in a file of its own: NumPy's .npy. It is written under another name, which is the target's at the
/// end; an array that fails leaves nothing.
public enum ArrayFile {
    /// - Parameters:
    ///   - bytes: the elements, row-major, little-endian.
    public static func write(
        _ bytes: UnsafeRawBufferPointer, type: TensorType, shape: [Int], to path: String,
        overwrites: Bool
    ) throws(QuantcalError) {
        let layout = try Npy.layout(type, shape: shape)
        guard bytes.count == layout.ranges[0].count else {
            throw QuantcalError(
                .size,
                "value_bytes is \(bytes.count); \(type.rawValue) of rank \(shape.count) and shape \(listed(shape)) takes \(layout.ranges[0].count)"
            )
        }
        if type == .bool, let index = bytes.firstIndex(where: { $0 > 1 }) {
            throw QuantcalError(.domain, "values[\(index)] is \(bytes[index]); BOOL is 0 or 1")
        }
        try requireFree(path, overwrites: overwrites)
        // Nothing is ever continued: what lies there under this name is of something else.
        let partial = try PartialFile(for: path, layout, digest: [])
        do throws(QuantcalError) {
            try partial.write(bytes, at: layout.ranges[0].lowerBound)
            try partial.complete(overwrites: overwrites)
        } catch {
            _ = partial.abandon(keeping: false)
            throw error
        }
    }

    /// A type by the name that the formats have for it.
    public static func type(_ name: String) throws(QuantcalError) -> TensorType {
        if let type = TensorType(rawValue: name) { return type }
        throw QuantcalError(.options, "type is \(quoted(name)); it must be BOOL, I8, …, F64")
    }
}
