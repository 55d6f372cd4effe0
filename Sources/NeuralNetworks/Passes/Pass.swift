internal import BackgroundQueues
internal import Tensors

/// One pass of a batch through a network: the layers, the numbers that are read and the memory that is
/// written, with what the plans that share a pass out to the cores have in common.
struct Pass: ~Escapable, Sendable {
    let network: Sequential
    /// How many observations the batch has.
    let count: Int
    /// The network's block of parameters.
    let parameters: Span<Float>
    /// The convolutions' weights as `Sequential.packWeights` lays them out.
    let packedWeights: Span<Float>
    let memory: PassMemory
    let pool: ComputePool

    var layout: WorkspaceLayout { memory.layout }

    @_lifetime(copy parameters, copy packedWeights, copy memory)
    init(
        _ network: Sequential,
        count: Int,
        parameters: Span<Float>,
        packedWeights: Span<Float> = Span(),
        memory: PassMemory,
        pool: ComputePool
    ) {
        precondition(parameters.count == network.parameterCount)
        self.network = network
        self.count = count
        self.parameters = parameters
        self.packedWeights = packedWeights
        self.memory = memory
        self.pool = pool
    }

    /// Computes the outputs of a batch.
    func forward(_ observations: Span<UInt8>) {
        if network.splitsObservations {
            ObservationPlan(self).forward(observations)
            return
        }
        if count <= RowPlan.mostObservations && network.splitsRows {
            RowPlan(self).forward(observations)
        } else {
            ImagePlan(self).forward(observations)
        }
        WeightPlan(self).forward()
    }

    /// Computes the gradient of every parameter from the gradients of the outputs.
    func backward(into sink: GradientSink) {
        precondition(memory.gradients.count > 0, "this workspace keeps no gradients")
        if network.splitsObservations {
            ObservationPlan(self).backward(into: sink)
            return
        }
        WeightPlan(self).backward(into: sink)
        if !network.convolutions.isEmpty {
            ImagePlan(self).backward(into: sink)
        }
    }

    /// Turns the bytes of `samples` into the floats of the first layer, the first in slot `slot`.
    func readInputs(_ observations: Span<UInt8>, _ samples: Range<Int>, slot: Int) {
        let byteCount = network.architecture.input.byteCount
        for (index, sample) in samples.enumerated() {
            let bytes = observations.extracting((sample * byteCount)..<((sample + 1) * byteCount))
            let one = sample..<(sample + 1)
            var input = memory.activations.part(
                layout.range(level: 0, samples: one, slot: slot + index)
            )
            network.inputStage.read(bytes, into: &input.floats)
        }
    }

    /// Computes what one convolution makes of some observations, or some rows of that of one.
    func convolve(
        _ number: Int,
        samples: Range<Int>,
        slot: Int,
        rows: Range<Int>? = nil,
        worker: Int
    ) {
        let layer = network.convolutions[number]
        let input = layout.range(level: layer.inputLevel, samples: samples, slot: slot)
        var output = layout.range(level: layer.outputLevel, samples: samples, slot: slot)
        if let rows {
            let rowLength = layer.shape.outputWidth * layer.shape.outputChannels
            let start = output.lowerBound
            output = (start + rows.lowerBound * rowLength)..<(start + rows.upperBound * rowLength)
        }
        var target = memory.activations.part(output)
        var scratch = memory.scratch(layer.convolution.scratchCount, worker: worker)
        layer.convolution.forward(
            memory.activations.span(input),
            count: samples.count,
            weights: parameters.extracting(layer.parameters.weights),
            prepared: packedWeights.extracting(network.packedWeights[number]),
            bias: parameters.extracting(layer.parameters.biases),
            rectifies: layer.activation == .relu,
            rows: rows,
            into: &target.floats,
            scratch: &scratch.floats
        )
    }

    /// Computes some columns of what one dense layer makes of some observations.
    func multiply(_ layer: Dense, samples: Range<Int>, columns: Range<Int>) {
        let (count, map) = (layer.rows(samples.count), layer.map)
        let rows = map.paddedCount(count)
        let input = range(layer.inputLevel, samples, numbers: rows * map.inputs)
        let output = range(layer.outputLevel, samples, numbers: rows * map.outputs)
        var target = memory.activations.columns(columns, of: output, width: layer.map.outputs)
        layer.map.forward(
            memory.activations.span(input),
            count: count,
            weights: parameters.extracting(layer.parameters.weights),
            bias: parameters.extracting(layer.parameters.biases),
            rectifies: layer.activation == .relu,
            columns: columns,
            into: &target.floats
        )
    }

    /// So many numbers of a level, from those of the first of some observations on.
    private func range(_ level: Int, _ samples: Range<Int>, numbers: Int) -> Range<Int> {
        let start = layout.range(level: level, samples: samples, slot: samples.lowerBound)
            .lowerBound
        return start..<(start + numbers)
    }

    /// Turns the gradient after an activation into the one before it, in place.
    ///
    /// - Parameters:
    ///   - activation: The activation.
    ///   - output: Where the layer's output lies, and its gradient.
    func backward(through activation: Activation, _ output: Range<Int>) {
        guard activation == .relu else { return }
        var gradient = memory.gradients.part(output)
        maskGradient(&gradient.floats, whereZero: memory.activations.span(output))
    }
}
