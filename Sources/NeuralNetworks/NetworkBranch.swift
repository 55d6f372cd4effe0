public import JSONFields

/// One of the branches that a network forks into: dense layers that read the last hidden layer, and a last
/// one without activation.
public struct NetworkBranch: Equatable, Sendable {
    /// What the names of its parameters begin with, as those of a module in PyTorch: `value.fc1.weight`.
    public var name: String
    /// Its hidden layers in order, all of them dense.
    public var hiddenLayers: [LayerSpecification]
    /// How many of the network's outputs are its own.
    public var outputCount: Int

    /// Creates the description.
    public init(name: String, hiddenLayers: [LayerSpecification], outputCount: Int) {
        self.name = name
        self.hiddenLayers = hiddenLayers
        self.outputCount = outputCount
    }

    /// Reads a description, as `json` gives it.
    public init(reading fields: inout FieldReader) {
        var (name, hiddenLayers, outputCount) = ("", [LayerSpecification](), 1)
        fields.require("name")
        fields.read("name", into: &name)
        fields.readObjects("hidden_layers", limit: NetworkArchitecture.layerLimit) { fields in
            hiddenLayers.append(LayerSpecification(reading: &fields))
        }
        fields.require("output_count")
        fields.read("output_count", in: 1...NetworkArchitecture.outputLimit, into: &outputCount)
        self.init(name: name, hiddenLayers: hiddenLayers, outputCount: outputCount)
    }

    /// The description, to be read again.
    public var json: JSONValue {
        [
            "name": .string(name), "hidden_layers": .array(hiddenLayers.map(\.json)),
            "output_count": .integer(outputCount),
        ]
    }

    /// Whether the name is letters and _ alone, so that it can stand before a parameter's.
    var hasPlainName: Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || Self.letters.contains($0) }
    }

    private static let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
}
