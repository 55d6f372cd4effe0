internal import Tensors

/// What joins the branches of a network that forks; nothing where it does not.
extension Pass {
    /// Joins the branches' outputs for some observations.
    func joinBranches(_ samples: Range<Int>) {
        guard let fork = network.fork else { return }
        if let offsetLevel = fork.offsetLevel {
            addAdvantages(fork, offsetLevel, samples)
            return
        }
        var first = 0
        for (end, width) in zip(fork.ends, fork.widths) {
            let rows = Partition(length: range(end, samples).count, partSize: width)
            for row in 0..<rows.count {
                var part = memory.activations.part(columns(first, width, row, samples))
                part.floats.copy(
                    from: memory.activations.span(range(end, samples).slice(rows[row]))
                )
            }
            first += width
        }
    }

    /// Gives every branch its part of the outputs' gradients.
    func splitOutputGradients(_ samples: Range<Int>) {
        guard let fork = network.fork else { return }
        if let offsetLevel = fork.offsetLevel {
            shareAdvantageGradients(fork, offsetLevel, samples)
            return
        }
        var first = 0
        for (end, width) in zip(fork.ends, fork.widths) {
            let rows = Partition(length: range(end, samples).count, partSize: width)
            for row in 0..<rows.count {
                var part = memory.gradients.part(range(end, samples).slice(rows[row]))
                part.floats.copy(from: memory.gradients.span(columns(first, width, row, samples)))
            }
            first += width
        }
    }

    /// Adds up what the branches pass on to the trunk, in their order, once `layer` was the last of them
    /// in a backward pass.
    func sumBranches(after layer: Dense, _ samples: Range<Int>) {
        guard let fork = network.fork, layer.index == fork.firstDense, layer.passesGradientOn else {
            return
        }
        var sum = memory.gradients.part(range(fork.level, samples))
        for level in fork.gradientLevels {
            add(memory.gradients.span(range(level, samples)), to: &sum.floats)
        }
    }

    /// q = V + A − mean A, for each number of the value by itself.
    private func addAdvantages(_ fork: Fork, _ offsetLevel: Int, _ samples: Range<Int>) {
        let (width, actions) = (fork.widths[0], fork.widths[1] / fork.widths[0])
        let rows = range(fork.ends[0], samples).count / width
        for row in 0..<rows {
            var offset = memory.activations.part(
                range(offsetLevel, samples).slice(row: row, width: width)
            )
            var outputs = memory.activations.part(
                range(network.outputLevel, samples).slice(row: row, width: width * actions)
            )
            let advantages = memory.activations.span(
                range(fork.ends[1], samples).slice(row: row, width: width * actions)
            )
            offset.floats.fill(0)
            addRows(of: advantages, to: &offset.floats)
            scale(&offset.floats, by: -1 / Float(actions))
            let value = range(fork.ends[0], samples).slice(row: row, width: width)
            add(memory.activations.span(value), to: &offset.floats)
            outputs.floats.copy(from: advantages)
            addToRows(offset.floats.span, of: &outputs.floats)
        }
    }

    /// ∂V is the sum of the actions' gradients, ∂A the gradients less their mean.
    private func shareAdvantageGradients(_ fork: Fork, _ offsetLevel: Int, _ samples: Range<Int>) {
        let (width, actions) = (fork.widths[0], fork.widths[1] / fork.widths[0])
        let rows = range(fork.ends[0], samples).count / width
        for row in 0..<rows {
            let outputs = memory.gradients.span(
                range(network.outputLevel, samples).slice(row: row, width: width * actions)
            )
            var value = memory.gradients.part(
                range(fork.ends[0], samples).slice(row: row, width: width)
            )
            value.floats.fill(0)
            addRows(of: outputs, to: &value.floats)
            var offset = memory.gradients.part(
                range(offsetLevel, samples).slice(row: row, width: width)
            )
            offset.floats.copy(from: value.floats.span)
            scale(&offset.floats, by: -1 / Float(actions))
            var advantages = memory.gradients.part(
                range(fork.ends[1], samples).slice(row: row, width: width * actions)
            )
            advantages.floats.copy(from: outputs)
            addToRows(offset.floats.span, of: &advantages.floats)
        }
    }

    /// The numbers of some observations at a level of the branches.
    private func range(_ level: Int, _ samples: Range<Int>) -> Range<Int> {
        layout.range(level: level, samples: samples, slot: samples.lowerBound)
    }

    /// Some columns of one row of the outputs.
    private func columns(
        _ first: Int,
        _ count: Int,
        _ row: Int,
        _ samples: Range<Int>
    ) -> Range<Int> {
        let width = network.architecture.outputCount
        let start = range(network.outputLevel, samples).lowerBound + row * width + first
        return start..<(start + count)
    }
}

extension Range<Int> {
    /// A part of the range, counted from its beginning.
    fileprivate func slice(_ part: Range<Int>) -> Range<Int> {
        (lowerBound + part.lowerBound)..<(lowerBound + part.upperBound)
    }

    /// One of the rows that the range consists of.
    fileprivate func slice(row: Int, width: Int) -> Range<Int> {
        slice((row * width)..<((row + 1) * width))
    }
}
