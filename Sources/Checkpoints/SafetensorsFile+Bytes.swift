internal import JSONFields
internal import NeuralNetworks

extension SafetensorsFile {
    /// The largest header that is read: far beyond that of any network here.
    private static let headerLimit = 1 << 20

    /// The file's bytes.
    public var bytes: [UInt8] {
        var header = JSONObject()
        var texts = JSONObject()
        for (name, text) in metadata.sorted(by: { $0.key < $1.key }) {
            texts[name] = .string(text)
        }
        header["__metadata__"] = .object(texts)
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.values.count * 4
            header[tensor.name] = [
                "dtype": "F32",
                "shape": .array(tensor.shape.map(JSONValue.integer)),
                "data_offsets": [.integer(offset), .integer(end)],
            ]
            offset = end
        }
        var headerText = JSONValue.object(header).text
        // Spaces bring the tensors to a multiple of eight bytes, as the format's own writer does.
        headerText += Array(repeating: 0x20, count: (8 - headerText.count % 8) % 8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + headerText.count + offset)
        for shift in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: headerText.count >> (8 * shift)))
        }
        bytes += headerText
        for tensor in tensors {
            bytes.append(littleEndian: tensor.values)
        }
        return bytes
    }

    /// Reads a file whole.
    ///
    /// Everything is checked before memory is taken for it: the header's length, every tensor's type
    /// and shape, and that the tensors lie side by side and fill the file.
    /// - Throws: `CheckpointError.notSafetensors`.
    public init(_ bytes: [UInt8]) throws(CheckpointError) {
        guard bytes.count >= 8 else {
            throw .notSafetensors("\(bytes.count) bytes, at least 8 expected")
        }
        let headerCount = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
        guard headerCount <= Self.headerLimit, headerCount <= UInt64(bytes.count - 8) else {
            throw .notSafetensors(
                "a header of \(headerCount) bytes in a file of \(bytes.count), limit "
                    + "\(Self.headerLimit)"
            )
        }
        let dataStart = 8 + Int(headerCount)
        let header: JSONValue
        do throws(JSONSyntaxError) {
            header = try JSONValue(parsing: Array(bytes[8..<dataStart]))
        } catch {
            throw .notSafetensors("header: \(error)")
        }
        guard case .object(let fields) = header else {
            throw .notSafetensors("the header must be an object, got \(header.kind)")
        }
        metadata = try Self.texts(fields["__metadata__"])
        var places: [TensorPlace] = []
        for (name, value) in fields.fields where name != "__metadata__" {
            places.append(try TensorPlace(name: name, value, dataCount: bytes.count - dataStart))
        }
        places.sort { $0.range.lowerBound < $1.range.lowerBound }
        var end = 0
        tensors = []
        for place in places {
            guard place.range.lowerBound == end else {
                throw .notSafetensors(
                    "tensor \"\(place.name)\" begins at byte \(place.range.lowerBound), "
                        + "expected \(end)"
                )
            }
            end = place.range.upperBound
            let start = dataStart + place.range.lowerBound
            tensors.append(
                NamedTensor(
                    name: place.name,
                    shape: place.shape,
                    values: [Float](littleEndian: bytes[start..<(dataStart + end)])
                )
            )
        }
        guard dataStart + end == bytes.count else {
            throw .notSafetensors("\(bytes.count - dataStart - end) bytes belong to no tensor")
        }
    }

    private static func texts(_ value: JSONValue?) throws(CheckpointError) -> [String: String] {
        guard let value else { return [:] }
        guard case .object(let fields) = value else {
            throw .notSafetensors("__metadata__ must be an object, got \(value.kind)")
        }
        var texts: [String: String] = [:]
        for (name, value) in fields.fields {
            guard case .string(let text) = value else {
                throw .notSafetensors("metadata \"\(name)\" must be a string, got \(value.kind)")
            }
            texts[name] = text
        }
        return texts
    }
}

/// What the header says of one tensor, checked.
private struct TensorPlace {
    let name: String
    let shape: [Int]
    let range: Range<Int>

    init(name: String, _ value: JSONValue, dataCount: Int) throws(CheckpointError) {
        var fields = FieldReader(value)
        var (type, shape, offsets) = ("", [Int](), [Int]())
        for key in ["dtype", "shape", "data_offsets"] { fields.require(key) }
        fields.read("dtype", limit: 8, into: &type)
        fields.read("shape", in: 0...Int(Int32.max), limit: 8, into: &shape)
        fields.read("data_offsets", in: 0...dataCount, limit: 2, into: &offsets)
        if let fault = fields.faults.first {
            throw .notSafetensors("tensor \"\(name)\": \(fault)")
        }
        guard type == "F32" else {
            throw .notSafetensors("tensor \"\(name)\" has type \(type), expected F32")
        }
        var count = 4
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            count = overflow ? .max : product
        }
        guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] - offsets[0] == count else {
            throw .notSafetensors("tensor \"\(name)\" of shape \(shape) lies at \(offsets)")
        }
        self.name = name
        self.shape = shape
        range = offsets[0]..<offsets[1]
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian values: [Float]) {
        for value in values {
            let bits = value.bitPattern.littleEndian
            unsafe Swift.withUnsafeBytes(of: bits) { unsafe self.append(contentsOf: $0) }
        }
    }
}

extension [Float] {
    fileprivate init(littleEndian bytes: ArraySlice<UInt8>) {
        self = unsafe bytes.withUnsafeBytes { bytes in
            (0..<(bytes.count / 4)).map { index in
                Float(
                    bitPattern: UInt32(
                        littleEndian: unsafe bytes.loadUnaligned(
                            fromByteOffset: index * 4,
                            as: UInt32.self
                        )
                    )
                )
            }
        }
    }
}
