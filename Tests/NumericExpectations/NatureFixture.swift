package import NeuralNetworks
internal import Tensors

/// nature_dqn.json, and the numbers it was made from.
package struct NatureFixture: Decodable {
    package struct Summary: Decodable {
        var norm: Double
        var largest: Double
        var step: Int
        var samples: [Double]

        /// The larger of the samples' and the norm's relative error.
        package func error(of values: [Float]) -> Double {
            let picked = stride(from: 0, to: values.count, by: step).map { values[$0] }
            let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            return max(
                relativeError(picked, samples, largest: largest),
                abs(norm - self.norm) / self.norm
            )
        }
    }

    package struct Batch {
        package let actions: [Int]
        package let rewards: [Float]
        package let discounts: [Float]

        package init(number: UInt64) {
            let stream = 100 + 10 * number
            actions = mixed(32, stream: stream + 2).map { Int($0 % 4) }
            rewards = unit(32, stream: stream + 3).map { Float($0 * 4 - 2) }
            discounts = mixed(32, stream: stream + 4).map { $0 % 8 == 0 ? 0 : 0.99 }
        }
    }

    /// Ten updates.
    package struct Updates: Decodable {
        /// The loss of each.
        package var losses: [Double]
        /// Parameters after them.
        package var parameters: [String: Summary]
        /// Q-values of the first batch after them.
        package var qValuesAfter: [Double]
    }

    /// Q-values of the first batch before anything was learned, shape (32, 4).
    package var qValues: [Double]
    /// Gradients of the first update, by parameter.
    package var gradients: [String: Summary]
    /// The updates in double and in single precision, which part where a ReLU's input rounds to the
    /// other side of zero.
    package var updates: [Updates]

    package static func observations(stream: UInt64) -> [UInt8] {
        mixed(32 * 4 * 84 * 84, stream: stream).map { UInt8(truncatingIfNeeded: $0) }
    }

    package static func drawTensors(_ network: Sequential) -> [NamedTensor] {
        let empty = FloatBuffer(count: network.parameterCount)
        var fanIn = 1
        return network.pyTorchTensors(of: empty.span).enumerated().map { stream, tensor in
            if tensor.name.hasSuffix("weight") {
                fanIn = tensor.shape.dropFirst().reduce(1, *)
            }
            let bound = 1 / Double(fanIn).squareRoot()
            var tensor = tensor
            tensor.values = unit(tensor.values.count, stream: UInt64(stream))
                .map { Float(($0 * 2 - 1) * bound) }
            return tensor
        }
    }
}

/// The numbers that make_nature_dqn.py draws: they depend on their index and the stream alone.
package func mixed(_ count: Int, stream: UInt64) -> [UInt64] {
    (0..<UInt64(count)).map { index in
        var x = (index * 2_654_435_761 + stream * 40_503 + 12_345) & 0xffff_ffff
        x ^= x >> 15
        x = x * 2_246_822_519 & 0xffff_ffff
        x ^= x >> 13
        x = x * 3_266_489_917 & 0xffff_ffff
        return x ^ (x >> 16)
    }
}

package func unit(_ count: Int, stream: UInt64) -> [Double] {
    mixed(count, stream: stream).map { Double($0) / 0x1p32 }
}
