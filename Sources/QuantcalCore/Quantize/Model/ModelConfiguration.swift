import Glibc

/// A model's config.json, which gets a `quantization_config` and goes beside the quantized file. All the
/// rest of it stays as it is, byte for byte.
public struct ModelConfiguration: Sendable {
    private let text: [UInt8]
    /// The value of an older `quantization_config`.
    private let older: Range<Int>?
    private let isEmpty: Bool

    private static let largest = 1 << 26

    public init(_ path: String) throws(QuantcalError) {
        let file = try InputFile(path)
        guard file.size <= Self.largest else {
            throw QuantcalError(
                .format, "\(quotedPath(path)) has \(file.size) bytes, which no configuration has")
        }
        let scratch = try Scratch<UInt8>(file.size)
        try file.read(file.size, at: 0, into: scratch.buffer.baseAddress!)
        var older: Range<Int>?
        var isEmpty = true
        do throws(QuantcalError) {
            var json = try JSONReader(UnsafeRawBufferPointer(scratch.buffer))
            json.skipSpace()
            try json.readObject { json, key throws(QuantcalError) in
                let begin = json.offset
                try json.skipValue()
                if key == "quantization_config" { older = begin..<json.offset }
                isEmpty = false
            }
            try json.finish()
        } catch {
            throw QuantcalError(.format, "\(quotedPath(path)) is not a valid configuration: \(error.message)")
        }
        (text, self.older, self.isEmpty) = (Array(scratch.buffer), older, isEmpty)
    }

    /// The text with a `quantization_config`.
    func text(with configuration: String) -> [UInt8] {
        if let older {
            return Array(text[..<older.lowerBound] + configuration.utf8 + text[older.upperBound...])
        }
        // The last brace is that of the object.
        let end = text.lastIndex(of: UInt8(ascii: "}")) ?? 0
        var before = text[..<end]
        while let last = before.last, [0x20, 0x0A, 0x0D, 0x09].contains(last) { before.removeLast() }
        let member = (isEmpty ? "" : ",") + "\n  \"quantization_config\": " + configuration + "\n}\n"
        return Array(before + member.utf8)
    }

    /// Where the configuration of a model in a file lies.
    static func place(beside path: String) -> String {
        let directory = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
        return directory + "config.json"
    }

    /// Writes it beside a file, under another name at first.
    func write(_ configuration: String, beside path: String, overwrites: Bool) throws(QuantcalError) {
        let place = Self.place(beside: path)
        let partial = place + ".quantcal-partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw systemError(place, "cannot be written") }
        let bytes = text(with: configuration)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            done += count
        }
        let isWhole = done == bytes.count && fsync(descriptor) == 0
        let error = systemError(place, "cannot be written")
        close(descriptor)
        do throws(QuantcalError) {
            guard isWhole else { throw error }
            try requireFree(place, overwrites: overwrites)
            guard rename(partial, place) == 0 else { throw systemError(place, "cannot be written") }
        } catch {
            unlink(partial)
            throw error
        }
    }
}
