internal import Environments
internal import Foundation
internal import Frames
internal import HTTPServing
internal import JSONFields
internal import JSONScanning
internal import Training

/// What an agent of a client sees, from what came in to what is learned from.
struct ClientObservation {
    /// The shape of what comes in.
    let shape: [Int]
    let scalar: ObservationSpec.Scalar
    private let preprocessing: DeclaredObservation.Preprocessing

    init(_ table: ClientTable) {
        let observation = table.spaces.observation
        (shape, scalar) = (observation.shape, observation.scalar)
        preprocessing = observation.preprocessing
    }

    /// Bytes of what comes in.
    var byteCount: Int { shape.reduce(scalar.byteCount, *) }

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
        return preprocessing == .atari ? screen(bytes) : bytes
    }

    private func screen(_ bytes: [UInt8]) -> [UInt8] {
        let colored = shape.count == 3 ? bytes : bytes.flatMap { [$0, $0, $0] }
        let frame = Frame(height: shape[0], width: shape[1], channels: 3, bytes: colored)
        return AtariPreprocessing.observation(of: [frame]).bytes
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
