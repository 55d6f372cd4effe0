/// The most recent experience, each frame stored once; states are stacked anew when they are read.
///
/// A ring of slots, one a frame. A slot holds the frame, how it was reached (reward, and whether it
/// is terminal) and what was done there (the action). A transition is two or more slots that follow
/// each other in one episode. Its states are the last `stack` frames of the episode; what lies
/// before the episode's first frame is zero. Mnih et al. 2015, "Training details"; Lin 1992.
///
/// An episode that was cut off by a time limit ends without a terminal state: its last transition
/// still counts its future. A lost life is terminal for learning while the episode goes on.
///
/// Several environments that are played at once have a ring each, of equal
/// size; transitions are drawn from all of them alike.
public struct ReplayBuffer: ~Copyable, Sendable {
    /// How many frames are kept, of all environments together.
    public let capacity: Int
    /// Frames in one state.
    public let stack: Int

    private(set) var frames: FrameRing
    private(set) var slots: SlotTable
    private(set) var rings: [Ring]

    /// Makes room for `capacity` frames.
    ///
    /// - Parameters:
    ///   - capacity: Frames, at least 2 an environment; what cannot be divided evenly is left out.
    ///   - frameByteCount: Bytes of one frame.
    ///   - stack: Frames in one state, 1 … 255.
    ///   - environments: How many environments experience comes from.
    ///   - storage: Where the frames lie.
    /// - Throws: `ReplayError.noMemory` where the system refuses the room, `noFile` where the disk does.
    public init(
        capacity: Int,
        frameByteCount: Int,
        stack: Int,
        environments: Int = 1,
        storage: ReplayStorage = .memory
    ) throws(ReplayError) {
        let layout = ReplayLayout(
            capacity: capacity,
            frameByteCount: frameByteCount,
            environments: environments
        )
        precondition((1...255).contains(stack), "a state has 1...255 frames, got \(stack)")
        let frames = try FrameRing(layout, storage: storage)
        let slots = try SlotTable(layout)
        self.capacity = layout.capacity
        self.stack = stack
        self.frames = frames
        self.slots = slots
        rings = (0..<environments).map {
            Ring(start: $0 * layout.ringCapacity, capacity: layout.ringCapacity)
        }
    }

    /// Bytes of one state.
    public var stateByteCount: Int { stack * frames.frameByteCount }

    /// How many transitions can be drawn now.
    public var transitionCount: Int { rings.reduce(0) { $0 + $1.transitionCount } }

    /// Frames held now.
    public var frameCount: Int { rings.reduce(0) { $0 + $1.frameCount } }

    /// Records the first frame of an episode.
    public mutating func beginEpisode(_ frame: Span<UInt8>, environment: Int = 0) {
        push(frame, Slot(), environment: environment)
    }

    /// Records what was done at the newest frame, and what came of it.
    ///
    /// - Parameters:
    ///   - action: What was done.
    ///   - reward: What it brought, as it is to be learned from.
    ///   - isTerminal: Whether nothing that comes after counts: a lost life, or the end of the game,
    ///     but not the end of the time.
    ///   - frame: What was seen next.
    ///   - environment: In which of the environments.
    public mutating func append(
        action: Int,
        reward: Float,
        isTerminal: Bool,
        frame: Span<UInt8>,
        environment: Int = 0
    ) {
        let ring = rings[environment]
        precondition(ring.frameCount > 0, "an episode begins with `beginEpisode`")
        let newest = ring.slot(ring.frameCount - 1)
        slots[newest].action = UInt16(action)
        slots[newest].hasSuccessor = true
        let framesBefore = min(Int(slots[newest].framesBefore) + 1, stack - 1)
        // The transition can be drawn if the window of its first state is still whole.
        if isWhole(ring.frameCount - 1, ring) {
            rings[environment].transitionCount += 1
        }
        push(
            frame,
            Slot(reward: reward, isTerminal: isTerminal, framesBefore: UInt8(framesBefore)),
            environment: environment
        )
    }

    /// Whether a frame was not dropped yet.
    public func holds(_ frame: FrameIdentity) -> Bool {
        rings[frame.slot / rings[0].capacity].holds(frame)
    }

    /// Whether a transition begins at a frame, and can be drawn: the frames of both its states are
    /// still held.
    package func isDrawable(_ place: FramePlace) -> Bool {
        isDrawable(place.index, rings[place.environment])
    }

    private func isDrawable(_ index: Int, _ ring: Ring) -> Bool {
        slots[ring.slot(index)].hasSuccessor && isWhole(index, ring)
    }

    /// Whether all frames of the state at `index` are still held.
    private func isWhole(_ index: Int, _ ring: Ring) -> Bool {
        index >= Int(slots[ring.slot(index)].framesBefore)
    }

    mutating func push(_ frame: Span<UInt8>, _ slot: Slot, environment: Int) {
        if rings[environment].frameCount == rings[environment].capacity {
            dropOldest(environment)
        }
        let place = rings[environment].extend()
        frames.write(frame, to: place)
        slots[place] = slot
    }

    /// A frame counted from the environment's oldest.
    @_lifetime(borrow self)
    func frame(_ index: Int, environment: Int) -> Span<UInt8> {
        frames[rings[environment].slot(index)]
    }

    /// Forgets everything of an environment; its next frame goes into the place `head` of its ring,
    /// and is the one after `recorded` others.
    mutating func begin(environment: Int, at head: Int, recorded: Int) {
        rings[environment].clear(head: head, recorded: recorded)
    }

    /// Counts the drawable transitions after frames were pushed by themselves.
    mutating func recountTransitions(environment: Int) {
        let ring = rings[environment]
        rings[environment].transitionCount = (0..<ring.frameCount).count { isDrawable($0, ring) }
    }

    /// Forgets the oldest frame, and the transitions whose first state needs it.
    private mutating func dropOldest(_ environment: Int) {
        let reach = min(stack, rings[environment].frameCount)
        let before = (0..<reach).count { isDrawable($0, rings[environment]) }
        rings[environment].dropOldest()
        let after = (0..<(reach - 1)).count { isDrawable($0, rings[environment]) }
        rings[environment].transitionCount -= before - after
    }
}
