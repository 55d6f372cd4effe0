public import NeuralNetworks

/// A file of named tensors in the safetensors format: what PyTorch users exchange weights in.
///
/// Eight bytes hold the length n of the header, little-endian; n bytes of JSON name every tensor's
/// type, shape and place; the tensors' bytes follow, without gaps. No code is in it, unlike a pickle.
public struct SafetensorsFile: Equatable, Sendable {
    /// Texts that describe the file, by name.
    public var metadata: [String: String]
    /// The tensors, all of single precision, in the order of their bytes.
    public var tensors: [NamedTensor]

    /// Creates the content of a file.
    public init(metadata: [String: String], tensors: [NamedTensor]) {
        self.metadata = metadata
        self.tensors = tensors
    }
}
