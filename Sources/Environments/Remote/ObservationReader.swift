package import Frames
package import JSONFields

/// Makes frames of observations that come from outside, as numbers of JSON or as bytes.
package struct ObservationReader {
    private let declared: DeclaredObservation
    /// Bytes of one observation as it comes.
    package let byteCount: Int
    /// The newest observation as it came.
    private var raw: [UInt8]
    private var isEmpty = true
    private var preprocessing: DeclaredPreprocessing

    /// Creates a reader of such observations.
    package init(_ declared: DeclaredObservation) {
        self.declared = declared
        byteCount = declared.byteCount
        raw = [UInt8](repeating: 0, count: byteCount)
        preprocessing = DeclaredPreprocessing(declared)
    }

    /// Reads nested or flat lists of numbers, or `{"b64":"…"}`, and writes the frame.
    /// - Throws: What is wrong, as the end of a sentence that begins with "observation".
    package mutating func read(
        _ value: JSONValue,
        into frame: inout MutableSpan<UInt8>
    ) throws(ObservationFault) {
        if case .object(let fields) = value {
            guard fields.fields.count == 1, case .string(let text) = fields["b64"] else {
                throw ObservationFault("must be numbers or {\"b64\":\"…\"}, got \(value.kind)")
            }
            guard let bytes = bytes(ofBase64: text) else {
                throw ObservationFault("has a \"b64\" that is no base64 (RFC 4648 §4)")
            }
            return try read(bytes[...], into: &frame)
        }
        var count = 0
        if case .array(let elements) = value, declared.shape.count > 1,
            elements.count == declared.shape.reduce(1, *), elements.first?.isList != true
        {
            for element in elements { try write(element, &count) }
        } else {
            try write(value, shape: declared.shape[...], of: value, &count)
        }
        prepare(into: &frame)
    }

    /// Reads bytes, row-major, float32 little-endian, and writes the frame.
    /// - Throws: What is wrong, as the end of a sentence that begins with "observation".
    package mutating func read(
        _ bytes: ArraySlice<UInt8>,
        into frame: inout MutableSpan<UInt8>
    ) throws(ObservationFault) {
        guard bytes.count == byteCount else {
            throw ObservationFault(
                "has \(bytes.count) bytes, expected \(byteCount) for \(declared.summary)"
            )
        }
        if declared.scalar == .float32 {
            for index in 0..<byteCount / 4 {
                let first = bytes.startIndex + 4 * index
                // All bits of the exponent set: infinite, or no number.
                guard bytes[first + 3] & 0x7f != 0x7f || bytes[first + 2] & 0x80 == 0 else {
                    throw ObservationFault("has number \(index), which is not finite")
                }
            }
        }
        raw.replaceSubrange(raw.indices, with: bytes)
        prepare(into: &frame)
    }

    /// The newest observation, where it is a picture.
    package func rendered() -> Frame? {
        let shape = declared.shape
        let isPicture = shape.count == 2 || shape.count == 3 && shape[2] == 3
        guard !isEmpty, isPicture, declared.scalar == .uint8 else { return nil }
        return Frame(
            height: shape[0],
            width: shape[1],
            channels: shape.count == 2 ? 1 : 3,
            bytes: raw
        )
    }

    private mutating func prepare(into frame: inout MutableSpan<UInt8>) {
        isEmpty = false
        let raw = raw
        preprocessing(raw.span, into: &frame)
    }

    private mutating func write(
        _ value: JSONValue,
        shape: ArraySlice<Int>,
        of whole: JSONValue,
        _ count: inout Int
    ) throws(ObservationFault) {
        guard let length = shape.first else { return try write(value, &count) }
        guard case .array(let elements) = value, elements.count == length else {
            throw ObservationFault("has \(whole.shapeSummary), expected \(declared.summary)")
        }
        for element in elements {
            try write(element, shape: shape.dropFirst(), of: whole, &count)
        }
    }

    /// Writes one number in place of the `index`-th.
    private mutating func write(_ value: JSONValue, _ index: inout Int) throws(ObservationFault) {
        let number: Double? =
            switch value {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        guard let number else {
            throw ObservationFault("has \(value.kind) in place of number \(index)")
        }
        switch declared.scalar {
        case .uint8:
            guard let byte = UInt8(exactly: number) else {
                throw ObservationFault(
                    "has \(value) as number \(index), expected a whole number 0...255 for uint8"
                )
            }
            raw[index] = byte
        case .float32:
            let single = Float(number)
            guard single.isFinite else {
                throw ObservationFault("has \(value) as number \(index), too large for float32")
            }
            var span = raw.mutableSpan
            span.write(single, at: index)
        }
        index += 1
    }
}

/// Why what came is not the observation that was declared: the end of a sentence.
package struct ObservationFault: Error, Equatable {
    /// What is wrong, with what would be right.
    package let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension DeclaredObservation {
    /// "[84, 84] of uint8".
    var summary: String { "the shape \(shape) of \(scalar.rawValue)" }
}

extension JSONValue {
    fileprivate var isList: Bool {
        if case .array = self { true } else { false }
    }

    /// What its shape is, as far as its first elements tell.
    fileprivate var shapeSummary: String {
        var shape: [Int] = []
        var value = self
        while case .array(let elements) = value, shape.count < 8 {
            shape.append(elements.count)
            guard let first = elements.first else { break }
            value = first
        }
        return shape.isEmpty ? kind : "the shape \(shape) or is ragged"
    }
}
