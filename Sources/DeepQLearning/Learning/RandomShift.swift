package import ExperienceReplay
package import NeuralNetworks
package import RandomNumbers

/// Shifts images by a few pixels at random: the network is to see the same in what is nearly the same.
///
/// Kostrikov, Yarats and Fergus 2021, DrQ, section 4.1: an image padded by its border's pixels and cut out
/// again somewhere. Each state is shifted by itself, all its frames alike.
package struct RandomShift: Sendable {
    private let limit: Int
    private let frames: Int
    private let height: Int
    private let width: Int
    /// The image before it is shifted.
    private var original: [UInt8]

    /// Nil where nothing is to be shifted.
    package init?(_ hyperparameters: DQNHyperparameters, input: NetworkInput) {
        guard hyperparameters.randomShiftPixels > 0, input.shape.count == 3 else { return nil }
        limit = hyperparameters.randomShiftPixels
        (frames, height, width) = (input.shape[0], input.shape[1], input.shape[2])
        original = Array(repeating: 0, count: height * width)
    }

    /// Shifts every state and next state of a batch.
    package mutating func apply(
        to batch: inout TransitionBatch,
        using generator: inout RandomGenerator
    ) {
        for row in 0..<batch.count {
            shift(&batch.states, row, using: &generator)
            shift(&batch.nextStates, row, using: &generator)
            // What is remembered of a state is of the image as it was.
            batch.nextFrames[row] = nil
        }
    }

    private mutating func shift(
        _ states: inout [UInt8],
        _ row: Int,
        using generator: inout RandomGenerator
    ) {
        let down = generator.integer(below: 2 * limit + 1) - limit
        let right = generator.integer(below: 2 * limit + 1) - limit
        guard down != 0 || right != 0 else { return }
        let size = height * width
        for frame in 0..<frames {
            shift(&states, at: (row * frames + frame) * size, down, right)
        }
    }

    /// Pixel (y, x) becomes what (y + down, x + right) was, or the border's nearest to it.
    private mutating func shift(
        _ states: inout [UInt8],
        at start: Int,
        _ down: Int,
        _ right: Int
    ) {
        let size = height * width
        let (height, width) = (height, width)
        precondition(start >= 0 && start + size <= states.count && original.count == size)
        // Every index below is clamped to the image.
        unsafe original.withUnsafeMutableBufferPointer { source in
            unsafe states.withUnsafeMutableBufferPointer { target in
                for index in 0..<size { unsafe source[index] = target[start + index] }
                for y in 0..<height {
                    let from = min(max(y + down, 0), height - 1) * width
                    let to = start + y * width
                    for x in 0..<width {
                        unsafe target[to + x] = source[from + min(max(x + right, 0), width - 1)]
                    }
                }
            }
        }
    }
}
