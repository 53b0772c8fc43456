import QuantcalCore

/// Opaque handles: state that lives between calls. A handle is one owned reference to an object; the
/// core's objects are immutable, or say themselves what may run at once.
enum Handles {
    /// Makes an object and hands it out. On an error `handle` is left as it was.
    static func create<Object: AnyObject>(
        _ handle: UnsafeMutablePointer<OpaquePointer?>?, _ name: String,
        _ make: () throws(QuantcalError) -> Object
    ) throws(QuantcalError) {
        let place = try Boundary.output(handle, 1, name)
        place.pointee = OpaquePointer(Unmanaged.passRetained(try make()).toOpaque())
    }

    /// The object of a handle that a call was given.
    static func object<Object: AnyObject>(
        _ handle: OpaquePointer?, _ name: String, as type: Object.Type = Object.self
    ) throws(QuantcalError) -> Object {
        guard let handle else { throw QuantcalError(.nullPointer, "\(name) is NULL") }
        return Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
    }

    /// Gives the reference back; NULL is nothing to give.
    static func destroy<Object: AnyObject>(_ handle: OpaquePointer?, _ type: Object.Type) {
        guard let handle else { return }
        Unmanaged<Object>.fromOpaque(UnsafeRawPointer(handle)).release()
    }
}
