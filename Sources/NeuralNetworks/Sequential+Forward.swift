public import BackgroundQueues
public import Tensors

extension Sequential {
    /// Batches of at most so many observations are spread over the cores by rows of images, larger
    /// ones by whole observations.
    static let mostSplitObservations = 3

    /// Computes the outputs of `count` observations; `outputs(of:count:)` then reads them.
    ///
    /// - Parameters:
    ///   - observations: `count` times `architecture.input.byteCount` bytes.
    ///   - count: How many observations, at most the workspace's capacity.
    ///   - parameters: The network's block of parameters.
    ///   - areKnown: Whether these parameters, unchanged, are those of the last pass through the
    ///     workspace: what was prepared from them then is used again.
    ///   - workspace: Overwritten.
    ///   - pool: The cores to use; the result is the same to the bit on any number of them, and
    ///     whatever other observations are in the batch.
    public func forward(
        _ observations: Span<UInt8>,
        count: Int,
        parameters: borrowing FloatBuffer,
        areKnown: Bool = false,
        workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        let byteCount = architecture.input.byteCount
        precondition(count <= workspace.capacity, "\(count) observations in \(workspace.capacity)")
        precondition(
            observations.count == count * byteCount,
            "\(observations.count) bytes for \(count) observations of \(byteCount)"
        )
        precondition(parameters.count == parameterCount)
        if splitsObservations {
            forwardByObservations(
                observations,
                count,
                parameters: parameters,
                workspace,
                pool: pool
            )
            return
        }
        if !areKnown {
            prepareKernels(parameters: parameters, workspace, pool: pool)
        }
        if count <= Self.mostSplitObservations && splitsRows {
            readInputs(observations, 0..<count, slot: 0, workspace)
            for level in convolutions.indices {
                forwardByRows(level, count, parameters: parameters, workspace, pool: pool)
            }
        } else {
            let parts = Partition(length: count, partSize: observationsAtOnce)
            pool.forEach(parts.count) { part, worker in
                let slot = worker * imagesAtOnce
                readInputs(observations, parts[part], slot: slot, workspace)
                for level in convolutions.indices {
                    forward(
                        level,
                        samples: parts[part],
                        slot: slot,
                        rows: nil,
                        worker: worker,
                        parameters: parameters,
                        workspace
                    )
                }
            }
        }
        for index in denses.indices {
            forwardDense(index, count, parameters: parameters, workspace, pool: pool)
        }
    }

    /// What the last forward pass gave out.
    /// - Returns: shape (count, outputCount).
    @_lifetime(borrow workspace)
    public func outputs(of workspace: borrowing Workspace, count: Int) -> Span<Float> {
        workspace.activations.span(workspace.layout.range(level: layerWidths.count, count: count))
    }

    /// Lays the convolutions' weights out, once for the whole batch, where their kernels want it.
    private func prepareKernels(
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        guard convolutions.contains(where: { $0.convolution.forwardPreparedCount > 0 }) else {
            return
        }
        pool.forEach(convolutions.count) { level, _ in
            let layer = convolutions[level]
            // Each layer fills a range of its own.
            unsafe workspace.prepared.withUnsafeMutableSpan(preparedKernels(level, workspace)) {
                layer.convolution.prepareForward(
                    weights: parameters.span(layer.parameters.weights),
                    into: &$0
                )
            }
        }
    }

    private func preparedKernels(_ level: Int, _ workspace: borrowing Workspace) -> Range<Int> {
        let start = workspace.layout.preparedKernelOffsets[level]
        return start..<(start + convolutions[level].convolution.forwardPreparedCount)
    }

    /// Observations that one core turns into floats, and takes through the convolutions, at a time:
    /// where there is none of these, so many that they are worth another core's while.
    private var observationsAtOnce: Int {
        convolutions.isEmpty ? max(1, 65_536 / architecture.input.count) : imagesAtOnce
    }

    /// Observations that one core takes through the convolutions at a time.
    var imagesAtOnce: Int { convolutions.map(\.convolution.imagesAtOnce).max() ?? 1 }

    private var splitsRows: Bool {
        convolutions.allSatisfy(\.convolution.splitsRows)
    }

    /// Turns the bytes of `samples` into the floats of the first layer, the first in slot `slot`.
    func readInputs(
        _ observations: Span<UInt8>,
        _ samples: Range<Int>,
        slot: Int,
        _ workspace: borrowing Workspace
    ) {
        let byteCount = architecture.input.byteCount
        for (index, sample) in samples.enumerated() {
            let bytes = observations.extracting((sample * byteCount)..<((sample + 1) * byteCount))
            let one = sample..<(sample + 1)
            let input = workspace.layout.range(level: 0, samples: one, slot: slot + index)
            // Each sample fills ranges of its own.
            unsafe workspace.activations.withUnsafeMutableSpan(input) { floats in
                inputStage.read(bytes, into: &floats)
            }
        }
    }

    /// Computes one convolution of a small batch, spread over the rows of its outputs.
    private func forwardByRows(
        _ level: Int,
        _ count: Int,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        let shape = convolutions[level].shape
        let height = shape.outputHeight
        // Below about 10 µs another core is not worth waking.
        let multiplications = count * shape.positionCount * shape.patchLength * shape.outputChannels
        let rows = Partition(length: height, partSize: multiplications < 500_000 ? height : 1)
        pool.forEach(count * rows.count) { piece, worker in
            let sample = piece / rows.count
            forward(
                level,
                samples: sample..<(sample + 1),
                slot: sample,
                rows: rows[piece % rows.count],
                worker: worker,
                parameters: parameters,
                workspace
            )
        }
    }

    /// Computes what one convolution makes of some observations, or some rows of that of one.
    private func forward(
        _ level: Int,
        samples: Range<Int>,
        slot: Int,
        rows: Range<Int>?,
        worker: Int,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace
    ) {
        let layer = convolutions[level]
        let input = workspace.layout.range(level: level, samples: samples, slot: slot)
        var output = workspace.layout.range(level: level + 1, samples: samples, slot: slot)
        if let rows {
            let rowLength = layer.shape.outputWidth * layer.shape.outputChannels
            let start = output.lowerBound
            output = (start + rows.lowerBound * rowLength)..<(start + rows.upperBound * rowLength)
        }
        // Samples and rows fill ranges of their own, each worker its own scratch.
        unsafe withScratch(layer.convolution.scratchCount, workspace, worker: worker) { scratch in
            unsafe workspace.activations.withUnsafeMutableSpan(output) { target in
                layer.forward(
                    workspace.activations.span(input),
                    count: samples.count,
                    parameters: parameters,
                    prepared: workspace.prepared.span(preparedKernels(level, workspace)),
                    rows: rows,
                    into: &target,
                    scratch: &scratch
                )
            }
        }
    }

    private func forwardDense(
        _ index: Int,
        _ count: Int,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace,
        pool: ComputePool
    ) {
        let parts = denses[index].columnParts(count: count)
        pool.forEach(parts.count) { part, _ in
            // Each part fills columns of its own.
            unsafe forwardDense(
                index,
                samples: 0..<count,
                columns: parts[part],
                parameters: parameters,
                workspace
            )
        }
    }

    /// Computes some columns of what one dense layer makes of some observations.
    ///
    /// Unsafe: no two calls that overlap in time may be given both the same observations, or those of
    /// one padded group, and the same columns.
    @unsafe
    func forwardDense(
        _ index: Int,
        samples: Range<Int>,
        columns: Range<Int>,
        parameters: borrowing FloatBuffer,
        _ workspace: borrowing Workspace
    ) {
        let (layer, level) = (denses[index], convolutions.count + index)
        let first = samples.lowerBound
        let rows = first..<(first + layer.map.paddedCount(samples.count))
        let input = workspace.layout.range(level: level, samples: rows, slot: first)
        let output = workspace.layout.range(level: level + 1, samples: rows, slot: first)
        let range = (output.lowerBound + columns.lowerBound)..<output.upperBound
        unsafe workspace.activations.withUnsafeMutableSpan(range) { target in
            layer.map.forward(
                workspace.activations.span(input),
                count: samples.count,
                weights: parameters.span(layer.parameters.weights),
                bias: parameters.span(layer.parameters.biases),
                rectifies: layer.activation == .relu,
                columns: columns,
                into: &target
            )
        }
    }

    /// Lets a worker use the first `count` floats of its scratch.
    @unsafe
    func withScratch(
        _ count: Int,
        _ workspace: borrowing Workspace,
        worker: Int,
        _ body: (inout MutableSpan<Float>) -> Void
    ) {
        let start = worker * workspace.layout.scratchPerWorker
        unsafe workspace.scratch.withUnsafeMutableSpan(start..<(start + count), body)
    }
}
