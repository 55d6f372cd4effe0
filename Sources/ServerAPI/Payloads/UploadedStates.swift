internal import HTTPServing
internal import NeuralNetworks

/// The states that a request asks Q-values for, as the bytes that the model reads.
///
/// A body is raw bytes, JSON, one picture, or a form of pictures. What it says is checked against
/// the model's input before anything is computed.
enum UploadedStates {
    /// The states of a request.
    ///
    /// - Parameters:
    ///   - request: The request with its body.
    ///   - input: What one state of the model looks like.
    /// - Returns: One state or more, `input.byteCount` bytes each.
    /// - Throws: `APIError` with what is wrong and what would be right.
    static func bytes(of request: HTTPRequest, for input: NetworkInput) throws -> [UInt8] {
        var query = QueryReader(request)
        var layout = StateLayout.nchw
        query.read("layout", into: &layout)
        try query.finish()
        switch request.contentType {
        case "application/octet-stream": return try raw(request.body, input, layout)
        case "application/json", nil: return try StatesJSON(input: input).bytes(of: request.body)
        case "image/png": return try StatePictures(input: input).bytes(ofPNG: request.body)
        case "multipart/form-data":
            return try StatePictures(input: input).bytes(ofForm: request)
        case let type?:
            throw APIError(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                "states come as application/octet-stream, application/json, image/png or "
                    + "multipart/form-data, got \(type)"
            )
        }
    }

    private static func raw(
        _ body: [UInt8],
        _ input: NetworkInput,
        _ layout: StateLayout
    ) throws -> [UInt8] {
        guard !body.isEmpty, body.count.isMultiple(of: input.byteCount) else {
            throw invalid(
                "the body has \(body.count) bytes, expected a multiple of \(input.byteCount): "
                    + "states of shape \(input.shape) and type \(input.scalar.rawValue)"
            )
        }
        return layout == .nhwc ? try framesFirst(body, input) : body
    }

    /// Turns states of shape (height, width, frames) into (frames, height, width).
    static func framesFirst(_ states: [UInt8], _ input: NetworkInput) throws -> [UInt8] {
        guard input.shape.count == 3, input.scalar == .uint8 else {
            throw invalid(
                "only states of frames have a layout nhwc, this model's are \(input.shape)"
            )
        }
        let frames = input.shape[0]
        let pixels = input.shape[1] * input.shape[2]
        var result = [UInt8](repeating: 0, count: states.count)
        for state in stride(from: 0, to: states.count, by: input.byteCount) {
            for pixel in 0..<pixels {
                for frame in 0..<frames {
                    result[state + frame * pixels + pixel] = states[state + pixel * frames + frame]
                }
            }
        }
        return result
    }

    /// A body that does not hold what the model reads.
    static func invalid(_ message: String) -> APIError {
        APIError(.badRequest, code: "invalid_states", message)
    }
}

/// In which order the numbers of a state come.
enum StateLayout: String, CaseIterable {
    /// (states, frames, height, width), oldest frame first.
    case nchw
    /// (states, height, width, frames).
    case nhwc
}
