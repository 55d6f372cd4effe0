internal import Frames
internal import HTTPServing
internal import JSONFields
internal import NeuralNetworks

/// What a body of states is: what its type says, or without a type what it holds.
enum StateContent {
    case bytes
    case json
    case picture
    case form

    /// - Throws: Where the type is none that states come as, or there is no type and the body is
    ///   nothing that can be told.
    init(of request: HTTPRequest, for input: NetworkInput) throws(APIError) {
        switch request.contentType {
        case "application/octet-stream": self = .bytes
        case "application/json": self = .json
        case "image/png": self = .picture
        case "multipart/form-data": self = .form
        // What curl --data-binary says of any body.
        case nil, "application/x-www-form-urlencoded":
            self = try Self.told(by: request.body, input)
        case let type?:
            throw APIError(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                "states come as application/octet-stream, application/json, image/png or "
                    + "multipart/form-data, got \(type.excerpt)"
            )
        }
    }

    /// Pictures and JSON text come first: no state of bytes looks like either, while a JSON text of
    /// any length could be as long as some states of numbers.
    private static func told(by body: [UInt8], _ input: NetworkInput) throws(APIError) -> Self {
        if body.starts(with: PNGHeader.signature) { return .picture }
        if isObjectText(body) { return .json }
        if !body.isEmpty, body.count.isMultiple(of: input.byteCount) { return .bytes }
        if let first = body.first(where: { !isBlank($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        {
            return .json
        }
        throw APIError(
            .unsupportedMediaType,
            code: "unsupported_media_type",
            "a body of \(body.count) bytes without a content type is neither whole states of shape "
                + "\(input.shape) and type \(input.scalar.rawValue), \(input.byteCount) bytes each, "
                + "nor JSON, nor a PNG; send Content-Type application/octet-stream, "
                + "application/json, image/png or multipart/form-data"
        )
    }

    /// Whether all of a body is text and its beginning that of a JSON object with a name.
    private static func isObjectText(_ body: [UInt8]) -> Bool {
        let begin = body.lazy.filter { !isBlank($0) }.prefix(2)
        return begin.elementsEqual("{\"".utf8)
            && body.allSatisfy { $0 >= 0x20 || isBlank($0) }
            && String(validating: body, as: UTF8.self) != nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }
}
