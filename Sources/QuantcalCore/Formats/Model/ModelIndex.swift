/// The index of a model that lies in several safetensors files beside it:
/// `{"metadata": {...}, "weight_map": {"tensor": "file", ...}}`.
///
/// Every tensor of the map must be in its file, every tensor of the files in the map, and a file's name
/// must not lead out of the directory.
extension ModelContent {
    mutating func readIndex(_ index: InputFile) throws(QuantcalError) {
        var map: [(tensor: String, file: String)] = []
        do {
            map = try index.withBytes { bytes throws(QuantcalError) in try parseIndex(bytes) }
        } catch { throw QuantcalError(error.kind, "\(quotedPath(index.path)) is \(error.message)") }
        let directory = index.path.prefix { _ in true }.reversed().drop { $0 != "/" }.reversed()
        var found: [[UInt8]: ModelFile.Tensor] = [:]
        var numbers: [String: Int] = [:]
        files = []
        for name in map.map(\.file) where numbers[name] == nil {
            numbers[name] = files.count
            let shard = try InputFile(String(directory) + name)
            try add(shard, to: &found)
        }
        for (name, file) in map {
            guard let tensor = found.removeValue(forKey: Array(name.utf8)), tensor.file == numbers[file]
            else {
                throw failure(index, "tensor \(quoted(name)) is not in \(quoted(file))")
            }
            tensors.append(tensor)
        }
        if let extra = found.values.first {
            throw failure(
                index,
                "it does not name tensor \(quoted(extra.name)) of \(quotedPath(files[extra.file].path))")
        }
    }

    /// Reads one of the files.
    private mutating func add(
        _ shard: InputFile, to found: inout [[UInt8]: ModelFile.Tensor]
    ) throws(QuantcalError) {
        var content = ModelContent(files: [])
        let number = files.count
        do throws(QuantcalError) {
            try shard.withBytes { bytes throws(QuantcalError) in
                try content.read(bytes, .safetensors, file: number)
            }
        } catch { throw QuantcalError(error.kind, "\(quotedPath(shard.path)) is \(error.message)") }
        if number == 0 { texts = content.texts }
        for tensor in content.tensors {
            guard found.updateValue(tensor, forKey: Array(tensor.name.utf8)) == nil else {
                throw failure(shard, "tensor \(quoted(tensor.name)) is in another file too")
            }
        }
        files.append(shard)
    }

    private func failure(_ file: InputFile, _ what: String) -> QuantcalError {
        QuantcalError(.format, "\(quotedPath(file.path)) is not a valid index of files: \(what)")
    }
}

private func parseIndex(
    _ bytes: UnsafeRawBufferPointer
) throws(QuantcalError) -> [(tensor: String, file: String)] {
    var map: [(tensor: String, file: String)]?
    do throws(QuantcalError) {
        var json = try JSONReader(bytes)
        try json.readObject { json, key throws(QuantcalError) in
            guard key == "weight_map" else { return try json.skipValue() }
            var pairs: [(tensor: String, file: String)] = []
            try json.readObject { json, name throws(QuantcalError) in
                let file = try json.readString()
                guard isPlainName(file) else {
                    throw QuantcalError(.format, "\(quoted(file)) is not the name of a file beside the index")
                }
                pairs.append((name, file))
            }
            map = pairs
        }
        try json.finish()
        guard let map else { throw QuantcalError(.format, "it has no weight_map") }
        return map
    } catch { throw QuantcalError(.format, "not a valid index of files: \(error.message)") }
}

private func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
}
