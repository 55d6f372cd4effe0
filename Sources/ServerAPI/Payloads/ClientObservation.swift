internal import Environments
internal import Foundation
internal import HTTPServing
internal import JSONFields
internal import JSONScanning
internal import Training

/// What an agent of a client sees, from what came in to what is learned from.
struct ClientObservation {
    private let declared: DeclaredObservation
    private let frameByteCount: Int

    init(_ table: ClientTable) {
        declared = table.spaces.observation
        frameByteCount = table.specification.observation.frameByteCount
    }

    /// The shape of what comes in.
    var shape: [Int] { declared.shape }

    /// What each number of it is.
    var scalar: ObservationSpec.Scalar { declared.scalar }

    /// Bytes of it.
    var byteCount: Int { declared.byteCount }

    /// The frame of an observation in bytes, row-major, little-endian.
    /// - Parameters:
    ///   - bytes: What came in.
    ///   - place: Where in the request that was, as a JSON pointer.
    /// - Returns: What is learned from, `frameByteCount` bytes.
    /// - Throws: What is wrong with it.
    func frame(_ bytes: [UInt8], at place: String) throws(APIError) -> [UInt8] {
        guard bytes.count == byteCount else {
            throw Self.invalid(
                place,
                "has \(bytes.count) bytes, expected \(byteCount): \(scalar.rawValue) of shape "
                    + "\(shape)"
            )
        }
        if scalar == .float32 {
            for index in 0..<(bytes.count / 4) where !bytes.float(at: index).isFinite {
                throw Self.invalid(
                    place,
                    "has \(bytes.float(at: index)) as element \(index), expected a finite number"
                )
            }
        }
        guard declared.preprocessing != .none else { return bytes }
        var preprocessing = DeclaredPreprocessing(declared)
        var frame = [UInt8](repeating: 0, count: frameByteCount)
        var span = frame.mutableSpan
        preprocessing(bytes.span, into: &span)
        return frame
    }

    /// The frame of an observation that is an array of numbers in a JSON text, nested as its shape or
    /// flat.
    func frame(
        inJSON body: [UInt8],
        _ range: Range<Int>,
        at place: String
    ) throws -> [UInt8] {
        var limits = JSONLimits()
        limits.depth = shape.count
        let (found, bytes): ([Int], [UInt8])
        do {
            switch scalar {
            case .uint8:
                let numbers = try NumberArray<UInt8>(body, in: range, limits: limits)
                (found, bytes) = (numbers.shape, numbers.elements)
            case .float32:
                let numbers = try NumberArray<Float>(body, in: range, limits: limits)
                (found, bytes) = (numbers.shape, .littleEndian(numbers.elements))
            }
        } catch {
            guard let inner = error.pointer else { throw error }
            throw Self.invalid(place + inner, error.explanation)
        }
        guard found == shape || found == [shape.reduce(1, *)] else {
            throw Self.invalid(place, "has the shape \(found), expected \(shape)")
        }
        return try frame(bytes, at: place)
    }

    /// The frame of an observation in base64.
    func frame(inBase64 text: String, at place: String) throws(APIError) -> [UInt8] {
        guard let bytes = Data(base64Encoded: text) else {
            throw Self.invalid("\(place)/b64", "is not base64")
        }
        return try frame(Array(bytes), at: "\(place)/b64")
    }

    static func invalid(_ place: String, _ message: String) -> APIError {
        APIError(
            .badRequest,
            code: "invalid_observation",
            "\(place): \(message)",
            details: [.init(pointer: place, message: message)]
        )
    }
}
