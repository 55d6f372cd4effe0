internal import Tensors

/// Some rows of one dense layer's weights; with the first come the biases.
struct GradientPiece: Equatable, Sendable {
    let layer: Int
    let rows: Range<Int>

    var isFirst: Bool { rows.lowerBound == 0 }

    /// Those of all layers, in order.
    static func all(of denses: [Dense]) -> [GradientPiece] {
        denses.indices.flatMap { index in
            let layer = denses[index]
            let blocks = Partition(length: layer.map.inputs, partSize: layer.blockRows)
            return (0..<blocks.count).map { GradientPiece(layer: index, rows: blocks[$0]) }
        }
    }
}
