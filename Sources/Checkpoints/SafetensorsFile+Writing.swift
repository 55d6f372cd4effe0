internal import JSONFields
internal import NeuralNetworks

extension SafetensorsFile {
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
            // The format is little-endian, and so is every machine that this is built for.
            unsafe tensor.values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
