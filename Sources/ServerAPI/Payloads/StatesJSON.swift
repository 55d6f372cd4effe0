internal import Environments
internal import Foundation
internal import HTTPServing
internal import JSONFields
internal import JSONScanning
internal import NeuralNetworks

/// States in JSON: `{"states": …}` with nested or flat numbers and an optional `"shape"`, or with
/// `{"b64": "…", "shape": […]}`.
struct StatesJSON {
    let input: NetworkInput
    /// The order that the request gave; nil where the shape decides.
    let layout: StateLayout?

    /// The states of a body.
    /// - Throws: What is wrong, with its place in the body.
    func bytes(of body: [UInt8]) throws -> [UInt8] {
        // Large arrays are cut out and scanned as bytes; what is left is small.
        let envelope = try JSONEnvelope(body, cutting: ["/states"])
        var fields = FieldReader(try JSONValue(parsing: envelope.remainder))
        guard fields.found.isEmpty else { throw fields.found }
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
        guard let bytes = Data(base64Encoded: text) else {
            throw UploadedStates.invalid("states.b64 is not base64")
        }
        guard bytes.count.isMultiple(of: input.scalar.byteCount) else {
            throw UploadedStates.invalid(
                "states.b64 has \(bytes.count) bytes, expected \(input.scalar.byteCount) a number"
            )
        }
        return try arranged(Array(bytes), shape: shape)
    }

    private static let sizes = 1...Int(Int32.max)

    private func numbers(
        of body: [UInt8],
        _ range: Range<Int>,
        _ shape: [Int]
    ) throws -> [UInt8] {
        var limits = JSONLimits()
        limits.depth = input.shape.count + 1
        do {
            switch input.scalar {
            case .uint8:
                let numbers = try NumberArray<UInt8>(body, in: range, limits: limits)
                return try arranged(
                    numbers.elements,
                    shape: shape.isEmpty ? numbers.shape : shape
                )
            case .float32:
                let numbers = try NumberArray<Float>(body, in: range, limits: limits)
                return try arranged(
                    .littleEndian(numbers.elements),
                    shape: shape.isEmpty ? numbers.shape : shape
                )
            }
        } catch let error as JSONScanError {
            guard let place = error.pointer else { throw error }
            let fault = FieldFault(pointer: "/states\(place)", message: error.explanation)
            throw APIError(
                .badRequest,
                code: "invalid_states",
                "\(fault)",
                details: [fault]
            )
        }
    }

    /// Checks that numbers of that shape are states, and brings their frames to the front; the shape
    /// is empty where nothing was said of it.
    private func arranged(_ bytes: [UInt8], shape: [Int]) throws -> [UInt8] {
        let count = bytes.count / input.scalar.byteCount
        guard count > 0, count.isMultiple(of: input.count) else {
            throw UploadedStates.invalid(
                "states hold \(count) numbers, expected a multiple of \(input.count): "
                    + "states of shape \(input.shape)"
            )
        }
        let order = try order(of: shape, count: count)
        return order == .nhwc ? try UploadedStates.framesFirst(bytes, input) : bytes
    }

    /// The order that the shape of so many numbers has, or that was given.
    private func order(of shape: [Int], count: Int) throws -> StateLayout {
        if shape.isEmpty || shape == [count] { return layout ?? .nchw }
        let framesLast = Array(input.shape.dropFirst()) + [input.shape[0]]
        let size = Array(shape.suffix(input.shape.count))
        let orders = [(StateLayout.nchw, input.shape), (.nhwc, framesLast)]
            .filter { $0.1 == size }.map(\.0)
        let states = shape.count == input.shape.count ? 1 : shape[0]
        let (product, overflow) = states.multipliedReportingOverflow(by: input.count)
        guard shape.count <= input.shape.count + 1, let first = orders.first else {
            throw UploadedStates.invalid(
                "states have shape \(shape), expected \(input.shape) or [N, "
                    + "\(input.shape.map(String.init).joined(separator: ", "))]"
            )
        }
        guard !overflow, product == count else {
            throw UploadedStates.invalid(
                "states have shape \(shape) and hold \(count) numbers, which is "
                    + "\(count / input.count) of shape \(size)"
            )
        }
        guard let layout else { return first }
        guard orders.contains(layout) else {
            throw UploadedStates.invalid(
                "states have shape \(shape), which is not the order layout=\(layout.rawValue): "
                    + "\(layout == .nhwc ? framesLast : input.shape)"
            )
        }
        return layout
    }
}
