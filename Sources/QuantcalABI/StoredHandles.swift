import CQuantcal
import QuantcalCore

/// An object of the core that can be kept as bytes: the same ones on every machine, and the same for equal objects.
protocol StoredObject: AnyObject {
    var serializedSize: Int { get throws(QuantcalError) }
    /// Writes so many bytes.
    func serialize(_ bytes: UnsafeMutableRawPointer) throws(QuantcalError)
    /// Reads what `serialize` has written, or refuses it: nothing in the bytes is trusted.
    init(bytes: UnsafeRawBufferPointer) throws(QuantcalError)
}

extension ConformalCalibrator: StoredObject {}
extension ConformalHoldout: StoredObject {}
extension ConformalMartingale: StoredObject {}
extension ConformalOnline: StoredObject {}
extension IsotonicDistribution: StoredObject {}
extension IsotonicState: StoredObject {}

extension Handles {
    /// What every `qc_..._serialize` does; `name` is the handle's argument.
    static func serialize<Object: StoredObject>(
        _ handle: OpaquePointer?, _ name: String, as type: Object.Type, _ bytes: UnsafeMutablePointer<UInt8>?,
        _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
    ) -> qc_status {
        Boundary.call { () throws(QuantcalError) in
            let object = try object(handle, name, as: type)
            let target = try Boundary.optionalOutput(bytes, capacity, "bytes")
            let count = try Boundary.optionalOutput(size, 1, "size")
            try Region.requireDisjoint(
                outputs: [Region(bytes, capacity, "bytes"), Region(size, 1, "size")])
            let needed = try object.serializedSize
            try Boundary.room(capacity, needed, isWanted: bytes != nil, "bytes")
            if let target { try object.serialize(target) }
            count?.pointee = needed
        }
    }

    /// What every `qc_..._deserialize` does.
    static func deserialize<Object: StoredObject>(
        _ bytes: UnsafePointer<UInt8>?, _ size: Int, as type: Object.Type,
        _ handle: UnsafeMutablePointer<OpaquePointer?>?, _ name: String
    ) -> qc_status {
        Boundary.call { () throws(QuantcalError) in
            let input = try Boundary.input(bytes, size, "bytes")
            try Region.requireDisjoint(
                outputs: [Region(handle, 1, name)], inputs: [Region(bytes, size, "bytes")])
            try create(handle, name) { () throws(QuantcalError) in
                try Object(bytes: UnsafeRawBufferPointer(input))
            }
        }
    }
}
