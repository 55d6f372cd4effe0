public import JSONFields

/// What a network is made of, as a value that can be written down: its input, its hidden layers and
/// how many numbers it gives out.
///
/// A last dense layer without activation, of `outputCount` units, always follows the hidden layers, unless
/// they fork into branches, which each have one.
public struct NetworkArchitecture: Equatable, Sendable {
    /// What one observation looks like.
    public var input: NetworkInput
    /// The hidden layers in order: convolutions first, dense layers after them.
    public var hiddenLayers: [LayerSpecification]
    /// How many numbers the network gives for one observation: one an action.
    public var outputCount: Int
    /// The branches that read the last hidden layer, and whose outputs are joined to be the network's;
    /// empty where it does not fork.
    public var branches: [NetworkBranch]
    /// How they are joined.
    public var join: BranchJoin
    /// Where the network is asked for quantiles; nil where it is asked for none.
    public var quantileEmbedding: QuantileEmbedding?
    /// Whether the weights and biases of the dense layers, but for an embedding's, get noise of a scale that
    /// is learned: see `ParameterNoise`.
    public var isNoisy: Bool

    /// Creates the description; `Sequential` checks that the layers fit each other.
    public init(
        input: NetworkInput,
        hiddenLayers: [LayerSpecification],
        outputCount: Int,
        branches: [NetworkBranch] = [],
        join: BranchJoin = .concatenation,
        quantileEmbedding: QuantileEmbedding? = nil,
        isNoisy: Bool = false
    ) {
        self.input = input
        self.hiddenLayers = hiddenLayers
        self.outputCount = outputCount
        self.branches = branches
        self.join = join
        self.quantileEmbedding = quantileEmbedding
        self.isNoisy = isNoisy
    }
}

extension NetworkArchitecture {
    /// The layers that a list has room for.
    public static let layerLimit = 32
    /// The numbers that a network may give for one observation.
    package static let outputLimit = 65_536
    /// The branches that a network may fork into.
    private static let branchLimit = 8

    /// Reads a description, as `json` gives it.
    public init(reading fields: inout FieldReader) {
        var input = NetworkInput(shape: [], scalar: .uint8, scale: 1)
        var (hiddenLayers, outputCount) = ([LayerSpecification](), 0)
        fields.require("input")
        fields.readObject("input") { fields in
            fields.read("shape", in: 1...65_536, limit: 3, into: &input.shape)
            fields.read("scalar", into: &input.scalar)
            fields.read("scale", in: 0...1, into: &input.scale)
        }
        fields.require("hidden_layers")
        fields.readObjects("hidden_layers", limit: Self.layerLimit) { fields in
            hiddenLayers.append(LayerSpecification(reading: &fields))
        }
        fields.require("output_count")
        fields.read("output_count", in: 1...Self.outputLimit, into: &outputCount)
        var branches: [NetworkBranch] = []
        fields.readObjects("branches", limit: Self.branchLimit) { fields in
            branches.append(NetworkBranch(reading: &fields))
        }
        var join = BranchJoin.concatenation
        fields.read("join", into: &join)
        var embedding: QuantileEmbedding?
        fields.readObject("quantile_embedding") { fields in
            var read = QuantileEmbedding()
            read.read(&fields)
            embedding = read
        }
        var isNoisy = false
        fields.read("noisy", into: &isNoisy)
        self.init(
            input: input,
            hiddenLayers: hiddenLayers,
            outputCount: outputCount,
            branches: branches,
            join: join,
            quantileEmbedding: embedding,
            isNoisy: isNoisy
        )
    }

    /// The description, to be read again.
    public var json: JSONValue {
        let plain: JSONValue = [
            "input": [
                "shape": .array(input.shape.map(JSONValue.integer)),
                "scalar": .string(input.scalar.rawValue),
                "scale": .single(input.scale),
            ],
            "hidden_layers": .array(hiddenLayers.map(\.json)),
            "output_count": .integer(outputCount),
        ]
        guard case .object(var whole) = plain else { return plain }
        if !branches.isEmpty { whole["branches"] = .array(branches.map(\.json)) }
        if join != .concatenation { whole["join"] = .string(join.rawValue) }
        if let quantileEmbedding { whole["quantile_embedding"] = quantileEmbedding.json }
        if isNoisy { whole["noisy"] = .bool(true) }
        return .object(whole)
    }
}

/// What one observation looks like to a network.
public struct NetworkInput: Equatable, Sendable {
    /// How one number of an observation is stored.
    public enum Scalar: String, Sendable, CaseIterable {
        /// A byte; `NetworkInput.scale` turns it into a float.
        case uint8
        /// A little-endian IEEE 754 single.
        case float32

        /// Bytes a number.
        public var byteCount: Int { self == .uint8 ? 1 : 4 }
    }

    /// (frames, height, width) for images, oldest frame first; (numbers) otherwise.
    public var shape: [Int]
    /// How each number is stored.
    public var scalar: Scalar
    /// What each stored number is multiplied by before the first layer: 1/255 for pixels.
    public var scale: Float

    /// Creates the description.
    public init(shape: [Int], scalar: Scalar, scale: Float) {
        self.shape = shape
        self.scalar = scalar
        self.scale = scale
    }

    /// Bytes from 0 to 255 in the given shape, taken as 0 … 1.
    public static func pixels(_ shape: [Int]) -> NetworkInput {
        NetworkInput(shape: shape, scalar: .uint8, scale: 1 / 255)
    }

    /// Numbers taken as they are.
    public static func numbers(_ count: Int) -> NetworkInput {
        NetworkInput(shape: [count], scalar: .float32, scale: 1)
    }

    /// Numbers of one observation.
    public var count: Int { shape.reduce(1, *) }
    /// Bytes of one observation.
    public var byteCount: Int { count * scalar.byteCount }
}
