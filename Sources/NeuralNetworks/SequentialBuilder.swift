internal import Tensors

/// Lays one layer on the other, checking that each fits.
struct SequentialBuilder {
    var convolutions: [Conv2D] = []
    var denses: [Dense] = []
    var levelWidths: [Int]
    private(set) var fork: Fork?
    /// Where the fractions come in that quantiles are asked for at.
    var embedding: FractionMerge?
    /// Rows of one observation in the layers from here on.
    var rowsPerObservation = 1
    /// (height, width, channels) while images flow, then (numbers).
    var shape: [Int]
    /// Whether what comes next is given what came out of max(0, ·).
    private var isRectified = false
    /// The level that the next layer reads, and the one its gradient goes to.
    var inputLevel = 0
    private var gradientLevel = 0
    /// What the names of dense layers begin with, and how many there are of these.
    private(set) var prefix = ""
    private(set) var namedDenses = 0
    var namedNormalizations = 0
    var parameterCount = 0
    let kernels: Kernels

    init(_ architecture: NetworkArchitecture, _ kernels: Kernels) throws(NetworkError) {
        self.kernels = kernels
        let input = architecture.input
        guard !input.shape.isEmpty, input.shape.allSatisfy({ (1...65_536).contains($0) }) else {
            throw .ends("input shape \(input.shape) must have sizes of at least 1")
        }
        try Self.requireSize(input.shape, "input shape \(input.shape) has", NetworkError.ends)
        guard (1...65_536).contains(architecture.outputCount) else {
            throw .ends("output count must be 1...65536, got \(architecture.outputCount)")
        }
        shape =
            input.shape.count == 3 ? [input.shape[1], input.shape[2], input.shape[0]] : input.shape
        if input.shape.count == 2 {
            shape.append(1)
        }
        levelWidths = [input.count]
    }

    mutating func append(_ layer: LayerSpecification, index: Int) throws(NetworkError) {
        switch layer {
        case .conv2d(let filters, let kernelSize, let stride, let padding, let activation):
            try requireImages(index)
            try require(filters, in: 1...4096, "filters", index)
            try require(kernelSize, in: 1...64, "kernel_size", index)
            try require(stride, in: 1...64, "stride", index)
            try require(padding, in: 0...(kernelSize - 1), "padding", index)
            let shape = try shape(filters, kernelSize, stride, padding, index)
            try append(shape, activation, index)
        case .dense(let units, let activation):
            try require(units, in: 1...65_536, "units", index)
            try append(units: units, activation, index)
        case .layerNorm(let activation): try normalize(activation, index)
        }
    }

    private func requireImages(_ index: Int) throws(NetworkError) {
        guard denses.isEmpty else {
            throw .layer(index: index, "a convolution cannot follow a dense layer")
        }
        guard shape.count == 3 else {
            throw .layer(
                index: index,
                "a convolution needs observations of shape (frames, height, width), got \(shape)"
            )
        }
    }

    private func shape(
        _ filters: Int,
        _ kernelSize: Int,
        _ stride: Int,
        _ padding: Int,
        _ index: Int
    ) throws(NetworkError) -> ConvolutionShape {
        guard
            let convolution = ConvolutionShape(
                inputHeight: shape[0],
                inputWidth: shape[1],
                inputChannels: shape[2],
                outputChannels: filters,
                kernelSize: kernelSize,
                stride: stride,
                padding: padding
            )
        else {
            throw .layer(
                index: index,
                "a kernel of \(kernelSize)×\(kernelSize) does not fit an image of "
                    + "\(shape[0])×\(shape[1])"
            )
        }
        return convolution
    }

    private mutating func append(
        _ convolution: ConvolutionShape,
        _ activation: Activation,
        _ index: Int
    ) throws(NetworkError) {
        let (side, filters) = (convolution.kernelSize, convolution.outputChannels)
        let output = [convolution.outputHeight, convolution.outputWidth]
        try requireSize(output + [filters], index, "gives out")
        // Where patches are laid out as a matrix, it has as many.
        try requireSize(output + [side, side, convolution.inputChannels], index, "reads")
        let parameters = try place(
            name: "conv\(convolutions.count + 1)",
            weightShape: [side, side, convolution.inputChannels, filters],
            index
        )
        convolutions.append(
            Conv2D(
                convolution: Convolution(convolution, kernels: kernels),
                activation: activation,
                parameters: parameters,
                inputLevel: inputLevel,
                outputLevel: levelWidths.count
            )
        )
        levelWidths.append(convolution.outputCount)
        read(levelWidths.count - 1, output + [filters], isRectified: activation == .relu)
    }

    private mutating func append(
        units: Int,
        _ activation: Activation,
        _ index: Int
    ) throws(NetworkError) {
        let inputCount = shape.reduce(1, *)
        let parameters = try place(
            name: "\(prefix)fc\(namedDenses + 1)",
            weightShape: [inputCount, units],
            index
        )
        denses.append(
            Dense(
                map: AffineMap(inputs: inputCount, outputs: units, kernels: kernels),
                activation: activation,
                parameters: parameters,
                index: denses.count,
                inputLevel: inputLevel,
                gradientLevel: gradientLevel,
                outputLevel: levelWidths.count,
                hasRectifiedInput: isRectified,
                rowsPerObservation: rowsPerObservation
            )
        )
        namedDenses += 1
        levelWidths.append(units * rowsPerObservation)
        read(levelWidths.count - 1, [units], isRectified: activation == .relu)
    }

    /// Lets the next layer read a level.
    mutating func read(
        _ level: Int,
        _ shape: [Int],
        isRectified: Bool,
        gradientLevel: Int? = nil
    ) {
        inputLevel = level
        self.gradientLevel = gradientLevel ?? level
        self.shape = shape
        self.isRectified = isRectified
    }

    /// Lays every branch on the trunk that there is.
    mutating func fork(into architecture: NetworkArchitecture) throws(NetworkError) {
        let branches = architecture.branches
        try Self.check(architecture)
        let (level, shape, isRectified, firstDense) = (
            inputLevel, self.shape, self.isRectified, denses.count
        )
        var (gradientLevels, ends) = ([Int](), [Int]())
        var index = architecture.hiddenLayers.count
        for branch in branches {
            if !ends.isEmpty {
                gradientLevels.append(levelWidths.count)
                levelWidths.append(levelWidths[level])
            }
            read(level, shape, isRectified: isRectified, gradientLevel: gradientLevels.last)
            (prefix, namedDenses, namedNormalizations) = (branch.name + ".", 0, 0)
            let last = LayerSpecification.dense(units: branch.outputCount, activation: .linear)
            for layer in branch.hiddenLayers + [last] {
                if case .conv2d = layer {
                    throw .layer(index: index, "a branch has dense layers alone")
                }
                try append(layer, index: index)
                index += 1
            }
            ends.append(inputLevel)
        }
        var offsetLevel: Int?
        if architecture.join == .dueling {
            offsetLevel = levelWidths.count
            levelWidths.append(branches[0].outputCount * rowsPerObservation)
        }
        levelWidths.append(architecture.outputCount * rowsPerObservation)
        fork = Fork(
            firstDense: firstDense,
            level: level,
            gradientLevels: gradientLevels,
            ends: ends,
            widths: branches.map(\.outputCount),
            offsetLevel: offsetLevel
        )
    }

    private static func check(_ architecture: NetworkArchitecture) throws(NetworkError) {
        let (branches, outputCount) = (architecture.branches, architecture.outputCount)
        let names = branches.map(\.name)
        guard Set(names).count == names.count, branches.allSatisfy(\.hasPlainName) else {
            throw .ends("branches must have names of their own, of letters and _, got \(names)")
        }
        if architecture.join == .dueling {
            let counts = branches.map(\.outputCount)
            guard counts.count == 2, counts[1] == outputCount, outputCount.isMultiple(of: counts[0])
            else {
                throw .ends(
                    "a value and the advantages of \(outputCount) outputs are joined, got branches of "
                        + "\(counts)"
                )
            }
            return
        }
        let sum = branches.reduce(0) { $0 + $1.outputCount }
        guard sum == outputCount else {
            throw .ends("the branches give out \(sum) numbers, the network \(outputCount)")
        }
    }

    mutating func place(
        name: String,
        weightShape: [Int],
        _ index: Int
    ) throws(NetworkError) -> LayerParameters {
        try requireSize(weightShape, index, "has weights of")
        let parameters = LayerParameters(
            name: name,
            weightShape: weightShape,
            offset: parameterCount
        )
        parameterCount = parameters.all.upperBound
        return parameters
    }

    /// Refuses a shape of more numbers than are taken, and than could be multiplied further.
    func requireSize(
        _ shape: [Int],
        _ index: Int,
        _ what: String
    ) throws(NetworkError) {
        try Self.requireSize(shape, what) { .layer(index: index, $0) }
    }

    private static func requireSize(
        _ shape: [Int],
        _ what: String,
        _ fault: (String) -> NetworkError
    ) throws(NetworkError) {
        let most = Sequential.mostNumbers
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= most else {
                let sizes = shape.map(String.init).joined(separator: " × ")
                throw fault("\(what) \(sizes) numbers; at most \(most) are taken")
            }
            count = product
        }
    }

    private func require(
        _ value: Int,
        in range: ClosedRange<Int>,
        _ name: String,
        _ index: Int
    ) throws(NetworkError) {
        guard range.contains(value) else {
            throw .layer(
                index: index,
                "\(name) must be \(range.lowerBound)...\(range.upperBound), got \(value)"
            )
        }
    }
}
