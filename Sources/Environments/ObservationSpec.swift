/// What an environment's observations are: bytes, and how to read them.
public struct ObservationSpec: Codable, Equatable, Sendable {
    /// The shape of one frame, as the environment emits it: [84, 84] pixels, [4] numbers.
    public let frameShape: [Int]

    /// What each number of a frame is.
    public let scalar: Scalar

    /// Frames that make a state, the newest last; 1 where a frame says it all.
    public let stack: Int

    /// How many different states there are, where they can be counted.
    ///
    /// A frame is then one-hot: as many float32 numbers, a single one of them 1.
    public let stateCount: Int?

    /// What each number of a frame is.
    public enum Scalar: String, CaseIterable, Codable, Equatable, Sendable {
        /// A byte: a gray level.
        case uint8
        /// Single precision, little-endian.
        case float32

        /// Bytes of one number.
        public var byteCount: Int {
            self == .uint8 ? 1 : 4
        }
    }

    /// Creates the specification of frames that are stacked to states.
    public init(frameShape: [Int], scalar: Scalar, stack: Int) {
        precondition(
            stack > 0 && frameShape.allSatisfy { $0 > 0 },
            "an observation needs numbers, got \(stack) frames of \(frameShape)"
        )
        self.frameShape = frameShape
        self.scalar = scalar
        self.stack = stack
        stateCount = nil
    }

    /// Creates the specification of an environment of `stateCount` states, shown one-hot.
    public init(oneHotStates stateCount: Int) {
        precondition(stateCount > 0, "an environment needs a state")
        frameShape = [stateCount]
        scalar = .float32
        stack = 1
        self.stateCount = stateCount
    }

    /// 84×84 gray levels, the last 4 of which are a state, as in the Nature paper.
    public static let pixels = ObservationSpec(frameShape: [84, 84], scalar: .uint8, stack: 4)

    /// The shape of a state: [4, 84, 84] where frames are stacked, else that of a frame.
    public var shape: [Int] {
        stack > 1 ? [stack] + frameShape : frameShape
    }

    /// Bytes in one frame.
    public var frameByteCount: Int {
        frameShape.reduce(scalar.byteCount, *)
    }

    /// Bytes in one state.
    public var stateByteCount: Int {
        stack * frameByteCount
    }

}

extension MutableSpan<UInt8> {
    /// Writes a float32 in place of the `index`-th, little-endian.
    mutating func write(_ number: Float, at index: Int) {
        for byte in 0..<4 {
            self[4 * index + byte] = UInt8(truncatingIfNeeded: number.bitPattern >> (8 * byte))
        }
    }

    /// Writes the one-hot frame of a state.
    mutating func writeOneHot(_ state: Int) {
        for index in 0..<count / 4 {
            write(index == state ? 1 : 0, at: index)
        }
    }
}
