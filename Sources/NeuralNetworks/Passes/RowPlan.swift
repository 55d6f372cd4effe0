internal import BackgroundQueues
internal import Tensors

/// Takes a batch of a few observations through the convolutions, one layer after the other, each shared
/// out by the rows of its outputs.
struct RowPlan: ~Escapable, Sendable {
    /// Batches of at most so many observations are shared out so, larger ones by whole observations.
    static let mostObservations = 3

    private let pass: Pass

    @_lifetime(copy pass)
    init(_ pass: Pass) {
        self.pass = pass
    }

    func forward(_ observations: Span<UInt8>) {
        pass.readInputs(observations, 0..<pass.count, slot: 0)
        for (number, layer) in pass.network.convolutions.enumerated() {
            forward(number)
            guard let normalization = layer.normalization else { continue }
            pass.pool.forEach(pass.count) { sample, _ in
                pass.normalize(normalization, samples: sample..<(sample + 1), slot: sample)
            }
        }
    }

    private func forward(_ number: Int) {
        let shape = pass.network.convolutions[number].shape
        let height = shape.outputHeight
        let multiplications =
            pass.count * shape.positionCount * shape.patchLength * shape.outputChannels
        let isShort = multiplications < Partition.fewMultiplications
        let rows = Partition(length: height, partSize: isShort ? height : 1)
        pass.pool.forEach(pass.count * rows.count) { piece, worker in
            let sample = piece / rows.count
            pass.convolve(
                number,
                samples: sample..<(sample + 1),
                slot: sample,
                rows: rows[piece % rows.count],
                worker: worker
            )
        }
    }
}

extension Sequential {
    /// Whether every convolution can be shared out by rows.
    var splitsRows: Bool { convolutions.allSatisfy(\.convolution.splitsRows) }
}
