internal import ExperienceReplay

/// The target network's outputs for the states that it was asked for since it last changed.
///
/// It stands still for many updates, and a state drawn again has the outputs that it had: to the bit,
/// since a state's outputs do not depend on the batch it is in.
struct RememberedValues: Sendable {
    /// An entry for each slot of the replay memory, as far as there is room: the number of the frame
    /// that the state ends with, since another may lie in its slot by now, the generation, and the
    /// outputs.
    private var words: [UInt32]
    private let outputCount: Int
    private let entryCount: Int
    /// How many times the network has changed, from 1 on: 0 marks an entry that was never written.
    private var generation: UInt32 = 1

    private static let headerWords = 2
    /// 16 MiB.
    private static let mostWords = 1 << 22

    /// Makes room for the states of a replay memory.
    ///
    /// - Parameters:
    ///   - capacityFrames: Frames of the replay memory.
    ///   - outputCount: Outputs of the network for one state.
    init(capacityFrames: Int, outputCount: Int) {
        self.outputCount = outputCount
        entryCount = Self.entryCount(capacityFrames, outputCount)
        words = Array(repeating: 0, count: entryCount * (Self.headerWords + outputCount))
    }

    private static func entryCount(_ capacityFrames: Int, _ outputCount: Int) -> Int {
        min(capacityFrames, mostWords / (headerWords + outputCount))
    }

    /// Bytes of the outputs for a replay memory of so many frames.
    static func byteCount(capacityFrames: Int, outputCount: Int) -> Int {
        entryCount(capacityFrames, outputCount) * (headerWords + outputCount) * 4
    }

    /// Copies the outputs for the state that ends with `frame`, if they are remembered.
    ///
    /// - Parameters:
    ///   - frame: The state's newest frame.
    ///   - outputs: shape (rows, outputs).
    ///   - row: Which of them is overwritten.
    /// - Returns: Whether they are.
    func read(_ frame: FrameIdentity, into outputs: inout [Float], row: Int) -> Bool {
        guard frame.slot < entryCount else { return false }
        let entry = frame.slot * (Self.headerWords + outputCount)
        guard words[entry] == UInt32(truncatingIfNeeded: frame.number),
            words[entry + 1] == generation
        else { return false }
        for index in 0..<outputCount {
            let word = words[entry + Self.headerWords + index]
            outputs[row * outputCount + index] = Float(bitPattern: word)
        }
        return true
    }

    /// Keeps the outputs for the state that ends with `frame`: one row of `outputs`.
    mutating func keep(_ frame: FrameIdentity, _ outputs: [Float], row: Int) {
        guard frame.slot < entryCount else { return }
        let entry = frame.slot * (Self.headerWords + outputCount)
        words[entry] = UInt32(truncatingIfNeeded: frame.number)
        words[entry + 1] = generation
        for index in 0..<outputCount {
            words[entry + Self.headerWords + index] = outputs[row * outputCount + index].bitPattern
        }
    }

    /// Deletes all, because the network has changed.
    mutating func removeAll() {
        generation &+= 1
    }
}
