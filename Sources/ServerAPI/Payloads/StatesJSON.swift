internal import Foundation
internal import JSONFields
internal import JSONScanning
internal import NeuralNetworks

/// States in JSON: `{"states": …}` with nested or flat numbers and an optional `"shape"`, or with
/// `{"b64": "…", "shape": […]}`.
struct StatesJSON {
    let input: NetworkInput

    /// The states of a body.
    /// - Throws: What is wrong, with its place in the body.
    func bytes(of body: [UInt8]) throws -> [UInt8] {
        // Large arrays are cut out and scanned as bytes; what is left is small.
        let envelope = try JSONEnvelope(body, cutting: ["/states"])
        var fields = FieldReader(try JSONValue(parsing: envelope.remainder))
        var (shape, text) = ([Int](), "")
        fields.read("shape", in: Self.sizes, limit: 5, into: &shape)
        if let range = envelope["/states"] {
            _ = fields.value("states")
            try fields.finishOrThrow()
            return try numbers(of: body, range, shape)
        }
        fields.require("states")
        fields.readObject("states") { fields in
            fields.require("b64")
            fields.read("b64", limit: .max, into: &text)
            fields.read("shape", in: Self.sizes, limit: 5, into: &shape)
        }
        try fields.finishOrThrow()
        guard let data = Data(base64Encoded: text) else {
            throw UploadedStates.invalid("states.b64 is not base64")
        }
        return try arranged(Array(data), shape: shape.isEmpty ? nil : shape, count: data.count)
    }

    private static let sizes = 1...Int(Int32.max)

    private func numbers(
        of body: [UInt8],
        _ range: Range<Int>,
        _ shape: [Int]
    ) throws -> [UInt8] {
        switch input.scalar {
        case .uint8:
            let numbers = try NumberArray<UInt8>(body, in: range)
            return try arranged(
                numbers.elements,
                shape: shape.isEmpty ? numbers.shape : shape,
                count: numbers.elements.count
            )
        case .float32:
            let numbers = try NumberArray<Float>(body, in: range)
            let bytes = numbers.elements.flatMap { number in
                (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
            }
            return try arranged(
                bytes,
                shape: shape.isEmpty ? numbers.shape : shape,
                count: numbers.elements.count
            )
        }
    }

    /// Checks that so many numbers of that shape are states, and brings their frames to the front.
    private func arranged(_ bytes: [UInt8], shape: [Int]?, count: Int) throws -> [UInt8] {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: input.byteCount) else {
            throw UploadedStates.invalid(
                "states hold \(count) numbers, expected a multiple of \(input.count): "
                    + "states of shape \(input.shape)"
            )
        }
        guard let shape else { return bytes }
        let states = bytes.count / input.byteCount
        let isComplete = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        let channelsLast = Array(input.shape.dropFirst()) + [input.shape[0]]
        switch shape {
        case input.shape, [states] + input.shape, [count]:
            break
        case channelsLast, [states] + channelsLast:
            return try UploadedStates.framesFirst(bytes, input)
        default:
            throw UploadedStates.invalid(
                "states have shape \(shape), expected \(input.shape) or [N, "
                    + "\(input.shape.map(String.init).joined(separator: ", "))]"
            )
        }
        guard isComplete == count else {
            throw UploadedStates.invalid("\(count) numbers do not have the shape \(shape)")
        }
        return bytes
    }
}
