public import NeuralNetworks

/// A Q-value for every action of every state, in a table that can be looked at.
public struct QTable: Equatable, Sendable {
    /// How many states there are.
    public let stateCount: Int
    /// How many actions there are.
    public let actionCount: Int
    /// Shape (states, actions), row-major.
    public var values: [Float]

    /// A table of zeros.
    public init(stateCount: Int, actionCount: Int) {
        self.stateCount = stateCount
        self.actionCount = actionCount
        values = Array(repeating: 0, count: stateCount * actionCount)
    }

    /// The table that stands alone among `tensors`, or nil.
    public init?(_ tensors: [NamedTensor]) {
        guard tensors.count == 1, tensors[0].name == Self.tensorName,
            tensors[0].shape.count == 2, tensors[0].shape.allSatisfy({ $0 > 0 })
        else { return nil }
        self.init(stateCount: tensors[0].shape[0], actionCount: tensors[0].shape[1])
        values = tensors[0].values
    }

    static let tensorName = "q_table"

    /// The Q-values of one state.
    public subscript(state: Int) -> ArraySlice<Float> {
        values[(state * actionCount)..<((state + 1) * actionCount)]
    }

    /// The Q-values of states given one-hot, `stateCount` little-endian floats each.
    /// - Returns: shape (count, actions).
    func qValues(of states: Span<UInt8>, count: Int) -> [Float] {
        let size = stateCount * 4
        precondition(states.count == count * size)
        return (0..<count).flatMap { row in
            self[Self.state(in: states.extracting((row * size)..<((row + 1) * size)))]
        }
    }

    /// The bytes that show a state.
    static func oneHot(_ state: Int, of stateCount: Int) -> [UInt8] {
        // 1 is 0x3f800000 in single precision.
        (0..<stateCount).flatMap { $0 == state ? [0, 0, 0x80, 0x3f] : [0, 0, 0, 0] as [UInt8] }
    }

    /// The state that is hot: the number whose sign and exponent bits, its last byte, are largest.
    static func state(in oneHot: Span<UInt8>) -> Int {
        var (state, highest) = (0, UInt8(0))
        for index in 0..<(oneHot.count / 4) {
            let byte = oneHot[index * 4 + 3]
            if byte > highest, byte < 0x80 {
                (state, highest) = (index, byte)
            }
        }
        return state
    }
}
