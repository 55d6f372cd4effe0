/// What is known of a frame beside its pixels.
struct Slot: Equatable, Sendable {
    /// What reaching this frame brought.
    var reward: Float = 0
    /// What was done here, if there is a successor.
    var action: UInt16 = 0
    /// Frames of the same episode before this one that its state needs: at most stack − 1.
    var framesBefore: UInt8 = 0
    private var flags: UInt8 = 0

    init(reward: Float = 0, isTerminal: Bool = false, framesBefore: UInt8 = 0) {
        self.reward = reward
        self.framesBefore = framesBefore
        flags = isTerminal ? 2 : 0
    }

    /// Whether the next slot is the same episode's next frame.
    var hasSuccessor: Bool {
        get { flags & 1 != 0 }
        set { flags = newValue ? flags | 1 : flags & ~1 }
    }

    /// Whether nothing after reaching this frame counts.
    var isTerminal: Bool { flags & 2 != 0 }
}

extension Slot {
    /// Bytes of a slot in snapshots.
    static let byteCount = 8

    /// The slot in snapshots, as a little-endian word: reward, action, frames before, flags.
    var word: UInt64 {
        UInt64(reward.bitPattern) | UInt64(action) << 32 | UInt64(framesBefore) << 48
            | UInt64(flags) << 56
    }

    init(_ bytes: [UInt8]) {
        let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[$1]) << (8 * UInt32($1)) }
        reward = Float(bitPattern: bits)
        action = UInt16(bytes[4]) | UInt16(bytes[5]) << 8
        framesBefore = bytes[6]
        flags = bytes[7]
    }
}
