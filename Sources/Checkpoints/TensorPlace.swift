internal import JSONFields
internal import NeuralNetworks

/// What the header of a safetensors file says of one tensor, checked.
struct TensorPlace {
    let name: String
    /// Bytes among those of all tensors.
    let range: Range<Int>
    private let scalar: TensorScalar
    private let shape: [Int]

    init(name: String, _ value: JSONValue, dataCount: Int) throws(CheckpointError) {
        var fields = FieldReader(value)
        var (type, shape, offsets) = ("", [Int](), [Int]())
        for key in ["dtype", "shape", "data_offsets"] { fields.require(key) }
        fields.read("dtype", limit: 16, into: &type)
        fields.read("shape", in: 0...Int(Int32.max), limit: 8, into: &shape)
        fields.read("data_offsets", in: 0...dataCount, limit: 2, into: &offsets)
        if let fault = fields.faults.first {
            throw .notSafetensors("tensor \"\(name.excerpt)\": \(fault)")
        }
        guard let scalar = TensorScalar(rawValue: type) else {
            throw .notSafetensors(
                "tensor \"\(name.excerpt)\" has type \(type), expected F32, F16, BF16 or F64"
            )
        }
        var count = scalar.byteCount
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            count = overflow ? .max : product
        }
        guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] - offsets[0] == count else {
            throw .notSafetensors("tensor \"\(name.excerpt)\" of shape \(shape) lies at \(offsets)")
        }
        self.name = name
        self.scalar = scalar
        self.shape = shape
        range = offsets[0]..<offsets[1]
    }

    /// The tensor whose bytes these are.
    func tensor(in bytes: ArraySlice<UInt8>) throws(CheckpointError) -> NamedTensor {
        guard let values = scalar.floats(bytes) else {
            throw .notSafetensors(
                "tensor \"\(name.excerpt)\" has type F64 and numbers that F32 cannot hold exactly; "
                    + "save tensor.float() instead"
            )
        }
        return NamedTensor(name: name, shape: shape, values: values)
    }
}

/// The types of numbers that are read, by the format's names for them.
enum TensorScalar: String {
    /// IEEE 754 binary32.
    case single = "F32"
    /// IEEE 754 binary16.
    case half = "F16"
    /// The upper half of a binary32.
    case brainFloat = "BF16"
    /// IEEE 754 binary64.
    case double = "F64"

    /// Bytes of one number.
    var byteCount: Int {
        switch self {
        case .half, .brainFloat: 2
        case .single: 4
        case .double: 8
        }
    }

    /// The numbers that `bytes` are, little-endian, in single precision; nil where one of them is not
    /// among those that single precision has.
    func floats(_ bytes: ArraySlice<UInt8>) -> [Float]? {
        switch self {
        case .single:
            // The format is little-endian, and so is every machine that this is built for.
            return unsafe [Float](unsafeUninitializedCapacity: bytes.count / 4) { floats, count in
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe UnsafeMutableRawBufferPointer(floats).copyMemory(from: bytes)
                }
                count = bytes.count / 4
            }
        case .half:
            return Self.numbers(in: bytes, of: UInt16.self).map { Float(Float16(bitPattern: $0)) }
        case .brainFloat:
            return Self.numbers(in: bytes, of: UInt16.self)
                .map { Float(bitPattern: UInt32($0) << 16) }
        case .double:
            let doubles = Self.numbers(in: bytes, of: UInt64.self).map { Double(bitPattern: $0) }
            let floats = doubles.map { Float($0) }
            // What is no number stays none.
            let isExact = zip(doubles, floats).allSatisfy { Double($1) == $0 || $0.isNaN }
            return isExact ? floats : nil
        }
    }

    private static func numbers<Number: FixedWidthInteger & BitwiseCopyable>(
        in bytes: ArraySlice<UInt8>,
        of type: Number.Type
    ) -> [Number] {
        let size = MemoryLayout<Number>.size
        return unsafe bytes.withUnsafeBytes { bytes in
            (0..<(bytes.count / size)).map { index in
                unsafe bytes.loadUnaligned(fromByteOffset: index * size, as: Number.self)
            }
        }
    }
}
