internal import JSONFields
internal import NeuralNetworks

extension SafetensorsFile {
    /// The largest header that is read: far beyond that of any network here.
    private static let headerLimit = 1 << 20

    /// Reads a file whole; tensors of another type than F32 are converted without any loss.
    ///
    /// Everything is checked before memory is taken for it: the header's length, every tensor's type
    /// and shape, and that the tensors lie side by side and fill the file.
    /// - Throws: `CheckpointError.notSafetensors`.
    public init(_ bytes: [UInt8]) throws(CheckpointError) {
        let (header, dataStart) = try Self.header(of: bytes)
        metadata = try Self.texts(header["__metadata__"])
        var places: [TensorPlace] = []
        for (name, value) in header.fields where name != "__metadata__" {
            places.append(try TensorPlace(name: name, value, dataCount: bytes.count - dataStart))
        }
        // An empty tensor comes before the one that begins where it ends.
        places.sort {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var end = 0
        for place in places {
            guard place.range.lowerBound == end else {
                throw .notSafetensors(
                    "tensor \"\(place.name.excerpt)\" begins at byte \(place.range.lowerBound), "
                        + "expected \(end)"
                )
            }
            end = place.range.upperBound
        }
        guard dataStart + end == bytes.count else {
            throw .notSafetensors("\(bytes.count - dataStart - end) bytes belong to no tensor")
        }
        tensors = []
        for place in places {
            let start = dataStart + place.range.lowerBound
            tensors.append(
                try place.tensor(in: bytes[start..<(dataStart + place.range.upperBound)])
            )
        }
    }

    /// The header, and where the tensors' bytes begin.
    private static func header(
        of bytes: [UInt8]
    ) throws(CheckpointError) -> (fields: JSONObject, dataStart: Int) {
        let count = bytes.prefix(8).enumerated()
            .reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
        let fits = bytes.count >= 8 && count <= headerLimit && count <= UInt64(bytes.count - 8)
        // The format has the header begin with "{".
        if !fits || bytes.dropFirst(8).first != UInt8(ascii: "{"),
            let format = ForeignFormat(of: bytes)
        {
            throw .notSafetensors(format.explanation)
        }
        guard bytes.count >= 8 else {
            throw .notSafetensors("\(bytes.count) bytes, at least 8 expected")
        }
        guard fits else {
            throw .notSafetensors(
                "a header of \(count) bytes in a file of \(bytes.count), limit \(headerLimit)"
            )
        }
        let dataStart = 8 + Int(count)
        let header: JSONValue
        do throws(JSONSyntaxError) {
            header = try JSONValue(parsing: Array(bytes[8..<dataStart]))
        } catch {
            throw .notSafetensors("header: \(error)")
        }
        guard case .object(let fields) = header else {
            throw .notSafetensors("the header must be an object, got \(header.kind)")
        }
        return (fields, dataStart)
    }

    private static func texts(_ value: JSONValue?) throws(CheckpointError) -> [String: String] {
        guard let value else { return [:] }
        guard case .object(let fields) = value else {
            throw .notSafetensors("__metadata__ must be an object, got \(value.kind)")
        }
        var texts: [String: String] = [:]
        for (name, value) in fields.fields {
            guard case .string(let text) = value else {
                throw .notSafetensors(
                    "metadata \"\(name.excerpt)\" must be a string, got \(value.kind)"
                )
            }
            texts[name] = text
        }
        return texts
    }
}
