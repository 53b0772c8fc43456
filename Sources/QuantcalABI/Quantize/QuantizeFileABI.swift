import CQuantcal
import QuantcalCore

extension qc_quantize_file_tensor: SizedStruct {}

private func file(_ handle: OpaquePointer?) throws(QuantcalError) -> ModelFile {
    try Handles.object(handle, "file", as: ModelFile.self)
}

@c @implementation
public func qc_quantize_file_open(
    _ path: UnsafePointer<CChar>!, _ file: UnsafeMutablePointer<OpaquePointer?>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let given = try Boundary.text(path, "path")
        try Region.requireDisjoint(
            outputs: [Region(file, 1, "file")], inputs: [Region(path, given.utf8.count + 1, "path")])
        try Handles.create(file, "file") { () throws(QuantcalError) in try ModelFile(given) }
    }
}

@c @implementation
public func qc_quantize_file_destroy(_ file: OpaquePointer!) { Handles.destroy(file, ModelFile.self) }

@c @implementation
public func qc_quantize_file_contents(
    _ file: OpaquePointer!, _ format: UnsafeMutablePointer<Int32>!,
    _ tensor_count: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object = try QuantcalABI.file(file)
        let kind = try Boundary.optionalOutput(format, 1, "format")
        let count = try Boundary.optionalOutput(tensor_count, 1, "tensor_count")
        try Region.requireDisjoint(
            outputs: [Region(format, 1, "format"), Region(tensor_count, 1, "tensor_count")])
        kind?.pointee = object.format.rawValue
        count?.pointee = object.tensors.count
    }
}

@c @implementation
public func qc_quantize_file_describe(
    _ file: OpaquePointer!, _ index: Int, _ name: UnsafeMutablePointer<CChar>!, _ name_capacity: Int,
    _ shape: UnsafeMutablePointer<Int>!, _ shape_capacity: Int,
    _ result: UnsafeMutablePointer<qc_quantize_file_tensor>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let tensor = try QuantcalABI.file(file).tensor(index)
        let place = try ResultPlace(result)
        let names = try Boundary.optionalOutput(name, name_capacity, "name")
        let extents = try Boundary.optionalOutput(shape, shape_capacity, "shape")
        try Region.requireDisjoint(outputs: [
            Region(name, name_capacity, "name"), Region(shape, shape_capacity, "shape"), place.region,
        ])
        let bytes = Array(tensor.name.utf8)
        try Boundary.capacity(name_capacity, bytes.count + 1, isWanted: name != nil, "name_capacity")
        try Boundary.capacity(shape_capacity, tensor.shape.count, isWanted: shape != nil, "shape_capacity")
        if let names {
            for (index, byte) in bytes.enumerated() { names[index] = CChar(bitPattern: byte) }
            names[bytes.count] = 0
        }
        if let extents {
            for (axis, extent) in tensor.shape.enumerated() { extents[axis] = extent }
        }
        place.write(qc_quantize_file_tensor(tensor))
    }
}

extension qc_quantize_file_tensor {
    fileprivate init(_ tensor: ModelFile.Tensor) {
        self.init()
        (name_bytes, rank) = (tensor.name.utf8.count, tensor.shape.count)
        (rows, columns, bytes) = (tensor.rows, tensor.columns, tensor.byteCount)
        decodable = tensor.isDecodable ? 1 : 0
        // Names of types are shorter than the room for them, which is zero already.
        withUnsafeMutableBytes(of: &type) { $0.copyBytes(from: tensor.type.name.utf8.prefix(15)) }
    }
}

@c @implementation
public func qc_quantize_file_find(
    _ file: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ index: UnsafeMutablePointer<Int>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object = try QuantcalABI.file(file)
        let given = try Boundary.text(name, "name")
        let output = try Boundary.output(index, 1, "index")
        try Region.requireDisjoint(
            outputs: [Region(index, 1, "index")], inputs: [Region(name, given.utf8.count + 1, "name")])
        output.pointee = try object.index(of: given.utf8)
    }
}

@c @implementation
public func qc_quantize_file_decode_f32(
    _ file: OpaquePointer!, _ index: Int, _ first_row: Int, _ row_count: Int,
    _ values: UnsafeMutablePointer<Float>!
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let object = try QuantcalABI.file(file)
        let tensor = try object.tensor(index)
        let rows = try object.rows(of: tensor, from: first_row, count: row_count)
        let output = try Boundary.output(values, rows.count * tensor.columns, "values")
        try object.decode(tensor, rows: rows, into: output)
    }
}

@c @implementation
public func qc_quantize_file_write_npy(
    _ path: UnsafePointer<CChar>!, _ type: UnsafePointer<CChar>!, _ shape: UnsafePointer<Int>!, _ rank: Int,
    _ values: UnsafeRawPointer!, _ value_bytes: Int, _ overwrite: Int32
) -> qc_status {
    Boundary.call { () throws(QuantcalError) in
        let target = try Boundary.text(path, "path")
        let kind = try Boundary.text(type, "type")
        try Boundary.length(rank, "rank")
        guard rank <= Npy.maximumRank else {
            throw QuantcalError(.size, "rank is \(rank); an array of .npy has at most \(Npy.maximumRank)")
        }
        let extents = Array(try Boundary.input(shape, rank, "shape"))
        let bytes = try Boundary.input(
            values?.assumingMemoryBound(to: UInt8.self), value_bytes, "values")
        try ArrayFile.write(
            UnsafeRawBufferPointer(bytes), type: try ArrayFile.type(kind), shape: extents,
            to: target, overwrites: try Structs.flag(overwrite, "overwrite"))
    }
}
