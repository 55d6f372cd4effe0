public import JSONFields

extension LayerSpecification {
    private enum Kind: String, CaseIterable {
        case conv2d
        case dense
        case layerNorm = "layer_norm"
    }

    /// The kinds of layer, each with its fields.
    public static let variants = SettingVariants(
        name: "Layer",
        "A hidden layer of a network.",
        [
            Convolution().group(
                named: "ConvolutionalLayer",
                "A convolution with square kernels, over an image or a grid."
            ),
            FullyConnected().group(named: "DenseLayer", "Every output joined to every input."),
            Normalization().group(
                named: "NormalizationLayer",
                "What the layer before, whose activation must be `linear`, gives out for one "
                    + "observation, freed of its mean and spread, then scaled and shifted number "
                    + "by number: `torch.nn.LayerNorm` over the whole of it, ε = 1e-5."
            ),
        ]
    )

    /// Reads a layer; `stride` is 1, `padding` 0 and `activation` relu where they are not given.
    public init(reading fields: inout FieldReader) {
        var kind = Kind.dense
        fields.require("type")
        fields.read("type", into: &kind)
        switch kind {
        case .conv2d:
            var layer = Convolution()
            layer.read(&fields)
            self = .conv2d(
                filters: layer.filters,
                kernelSize: layer.kernelSize,
                stride: layer.stride,
                padding: layer.padding,
                activation: layer.activation
            )
        case .dense:
            var layer = FullyConnected()
            layer.read(&fields)
            self = .dense(units: layer.units, activation: layer.activation)
        case .layerNorm:
            var layer = Normalization()
            layer.read(&fields)
            self = .layerNorm(activation: layer.activation)
        }
    }

    /// Every value, the defaults too.
    public var json: JSONValue {
        switch self {
        case .conv2d(let filters, let kernelSize, let stride, let padding, let activation):
            Convolution(
                filters: filters,
                kernelSize: kernelSize,
                stride: stride,
                padding: padding,
                activation: activation
            ).json
        case .dense(let units, let activation):
            FullyConnected(units: units, activation: activation).json
        case .layerNorm(let activation): Normalization(activation: activation).json
        }
    }

    private struct Convolution: Settings {
        var filters = 1
        var kernelSize = 1
        var stride = 1
        var padding = 0
        var activation = Activation.relu

        static let settings: [Setting<Convolution>] = [
            .constant("type", "conv2d", "A convolution."),
            .wholeNumber("filters", \.filters, in: 1...4096, "Channels of the output.").required,
            .wholeNumber(
                "kernel_size",
                \.kernelSize,
                in: 1...64,
                unit: "pixels",
                "Height and width of a kernel."
            ).required,
            .wholeNumber(
                "stride",
                \.stride,
                in: 1...64,
                unit: "pixels",
                "How far the kernel moves between two outputs."
            ),
            .wholeNumber(
                "padding",
                \.padding,
                in: 0...63,
                unit: "pixels",
                "Zeros put around the input, on each side."
            ),
            .choice("activation", \.activation, "What is done to each output."),
        ]
    }

    private struct Normalization: Settings {
        var activation = Activation.relu

        static let settings: [Setting<Normalization>] = [
            .constant("type", "layer_norm", "A normalization over all numbers of an observation."),
            .choice("activation", \.activation, "What is done to each output."),
        ]
    }

    private struct FullyConnected: Settings {
        var units = 1
        var activation = Activation.relu

        static let settings: [Setting<FullyConnected>] = [
            .constant("type", "dense", "A fully connected layer."),
            .wholeNumber("units", \.units, in: 1...65_536, "Numbers of the output.").required,
            .choice("activation", \.activation, "What is done to each output."),
        ]
    }
}

extension Activation: SettingChoice {
    /// What is done to a number.
    public var summary: String {
        switch self {
        case .relu: "max(0, x)."
        case .linear: "Nothing: x."
        }
    }
}
