/// Files that people have where a safetensors file is wanted, told by their first bytes.
enum ForeignFormat: CaseIterable {
    case stableBaselines
    case pyTorch
    case pickle
    case numPy
    case zip
    case hdf5
    case onnx
    case gzip
    case webPage
    case json

    /// The format of a file's bytes; nil where it is none of these.
    init?(of bytes: [UInt8]) {
        func begins(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
        if begins([0x50, 0x4B, 0x03, 0x04]) {
            self = Self.archive(bytes)
        } else if begins([0x89] + Array("HDF\r\n\u{1A}\n".utf8)) {
            self = .hdf5
        } else if begins([0x93] + Array("NUMPY".utf8)) {
            self = .numPy
        } else if begins([0x1F, 0x8B]) {
            self = .gzip
        } else if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
            // The opcode PROTO with a protocol's number, in which every pickle since 2003 begins.
            self = .pickle
        } else if bytes.count > 2, bytes[0] == 0x08, (1...32).contains(bytes[1]),
            [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42].contains(bytes[2])
        {
            // A ModelProto: ir_version is its first field, one of the next seven follows it.
            self = .onnx
        } else {
            switch bytes.first(where: { $0 != 0x20 && !(0x09...0x0D).contains($0) }) {
            case UInt8(ascii: "<"): self = .webPage
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                // A header's length may begin with the same byte, but no zeros are in a text.
                guard !bytes.prefix(8).contains(0) else { return nil }
                self = .json
            default: return nil
            }
        }
    }

    /// Which archive of those kept as ZIP files it is, by the names of what is in it: they stand in
    /// the directory at the end, the first also at the beginning.
    private static func archive(_ bytes: [UInt8]) -> ForeignFormat {
        let ends = [bytes.prefix(1 << 8), bytes.suffix(1 << 16)]
        func names(_ part: String) -> Bool { ends.contains { $0.contains(Array(part.utf8)) } }
        // What Stable-Baselines3 saves has files of PyTorch in it, so that it is looked for first.
        if names("policy.pth") { return .stableBaselines }
        if names("data.pkl") { return .pyTorch }
        if names(".npy") { return .numPy }
        return .zip
    }

    /// What the file is, and how it becomes a safetensors file.
    var explanation: String {
        switch self {
        case .stableBaselines:
            "this is a model of Stable-Baselines3; in Python, "
                + "safetensors.torch.save_file(dict(zip(names, DQN.load(\"model.zip\").q_net"
                + ".state_dict().values())), \"model.safetensors\") makes a safetensors file of it, "
                + "with names = conv1.weight, conv1.bias, conv2.weight, …, fc2.bias"
        case .pyTorch, .pickle:
            "this is a \(self == .pyTorch ? "file of PyTorch" : "pickle"), which may run code when "
                + "it is read; in Python, safetensors.torch.save_file(torch.load(\"model.pt\", "
                + "map_location=\"cpu\", weights_only=True), \"model.safetensors\") makes a "
                + "safetensors file of a state_dict"
        case .numPy:
            "this is a file of NumPy; in Python, safetensors.torch.save_file({name: "
                + "torch.from_numpy(array) for name, array in np.load(\"model.npz\").items()}, "
                + "\"model.safetensors\") makes a safetensors file of it"
        case .zip:
            "this is a ZIP archive; send the weights in it as one safetensors file, which "
                + "safetensors.torch.save_file(state_dict, \"model.safetensors\") writes in Python"
        case .hdf5:
            "this is an HDF5 file, as Keras writes it; in Python, read its arrays with h5py, turn "
                + "kernels from (height, width, inputs, outputs) to (outputs, inputs, height, "
                + "width) and write them with safetensors.torch.save_file(tensors, "
                + "\"model.safetensors\")"
        case .onnx:
            "this is an ONNX graph; in Python, safetensors.torch.save_file({tensor.name: "
                + "torch.tensor(onnx.numpy_helper.to_array(tensor)) for tensor in "
                + "onnx.load(\"model.onnx\").graph.initializer}, \"model.safetensors\") makes a "
                + "safetensors file of its weights"
        case .gzip: "this is compressed with gzip; send what gunzip makes of it"
        case .webPage:
            "this is a web page, which a download link may lead to; fetch the file itself"
        case .json:
            "this is JSON; send the file's bytes alone, as curl --data-binary @model.safetensors does"
        }
    }
}
