internal import ExperienceReplay

/// maxₐ Q̂(s, a) of the states that the target network was asked for since it last changed.
///
/// It stands still for many updates, and a state drawn again has the value that it had: to the bit,
/// since a state's values do not depend on the batch it is in.
struct RememberedValues: Sendable {
    private struct Entry {
        /// That of the state's newest frame; in its slot another one may lie by now.
        var number = -1
        var generation: UInt32 = 0
        var value: Float = 0
    }

    /// One for each slot, as far as there is room.
    private var entries: [Entry]
    /// How many times the network has changed.
    private var generation: UInt32 = 0

    /// As many states as 16 MiB hold.
    private static let mostRemembered = 1 << 20

    /// Makes room for the states of a replay memory of so many frames.
    init(capacityFrames: Int) {
        entries = Array(repeating: Entry(), count: Self.entryCount(capacityFrames: capacityFrames))
    }

    private static func entryCount(capacityFrames: Int) -> Int {
        min(capacityFrames, mostRemembered)
    }

    /// Bytes of the values of a replay memory of so many frames.
    static func byteCount(capacityFrames: Int) -> Int {
        entryCount(capacityFrames: capacityFrames) * MemoryLayout<Entry>.stride
    }

    /// The value of the state that ends with `frame`; nil where it is not known.
    subscript(frame: FrameIdentity) -> Float? {
        get {
            guard frame.slot < entries.count else { return nil }
            let entry = entries[frame.slot]
            let isThis = entry.number == frame.number && entry.generation == generation
            return isThis ? entry.value : nil
        }
        set {
            guard frame.slot < entries.count, let newValue else { return }
            entries[frame.slot] = Entry(
                number: frame.number,
                generation: generation,
                value: newValue
            )
        }
    }

    /// Forgets all values, because the network has changed.
    mutating func forget() {
        generation &+= 1
    }
}
