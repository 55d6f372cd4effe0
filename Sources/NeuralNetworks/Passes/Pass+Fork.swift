internal import Tensors

/// What joins the branches of a network that forks; nothing where it does not.
extension Pass {
    /// Puts the branches' outputs for some observations together.
    func joinBranches(_ samples: Range<Int>) {
        guard let fork = network.fork else { return }
        var first = 0
        for end in fork.ends {
            let width = layout.range(level: end, count: 1).count
            for sample in samples {
                let source = layout.range(level: end, samples: sample..<(sample + 1), slot: 0)
                var part = memory.activations.part(columns(first, width, ofOutput: sample))
                part.floats.copy(from: memory.activations.span(source))
            }
            first += width
        }
    }

    /// Gives every branch its part of the outputs' gradients.
    func splitOutputGradients(_ samples: Range<Int>) {
        guard let fork = network.fork else { return }
        var first = 0
        for end in fork.ends {
            let width = layout.range(level: end, count: 1).count
            for sample in samples {
                let target = layout.range(level: end, samples: sample..<(sample + 1), slot: 0)
                var part = memory.gradients.part(target)
                part.floats.copy(
                    from: memory.gradients.span(columns(first, width, ofOutput: sample))
                )
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
        let target = layout.range(level: fork.level, samples: samples, slot: samples.lowerBound)
        var sum = memory.gradients.part(target)
        for level in fork.gradientLevels {
            let terms = layout.range(level: level, samples: samples, slot: samples.lowerBound)
            add(memory.gradients.span(terms), to: &sum.floats)
        }
    }

    private func columns(_ first: Int, _ count: Int, ofOutput sample: Int) -> Range<Int> {
        let row = layout.range(
            level: network.outputLevel,
            samples: sample..<(sample + 1),
            slot: sample
        )
        return (row.lowerBound + first)..<(row.lowerBound + first + count)
    }
}
