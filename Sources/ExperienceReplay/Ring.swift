/// Where one environment's frames lie among all slots.
struct Ring: Equatable, Sendable {
    /// The first of its slots.
    let start: Int
    /// How many it has.
    let capacity: Int
    /// Frames held now.
    private(set) var frameCount = 0
    /// How many transitions can be drawn now.
    var transitionCount = 0
    /// Where in the ring the next frame goes.
    private var head = 0
    /// Frames recorded so far, those forgotten too.
    private(set) var recordedCount = 0

    init(start: Int, capacity: Int) {
        self.start = start
        self.capacity = capacity
    }

    /// The slot of a frame counted from the oldest.
    func slot(_ index: Int) -> Int {
        let place = head - frameCount + index
        return start + (place < 0 ? place + capacity : place)
    }

    /// Which of all recorded frames is the oldest held.
    var oldestNumber: Int { recordedCount - frameCount }

    /// Which of all recorded frames one is, counted from the oldest.
    func identity(_ index: Int) -> FrameIdentity {
        FrameIdentity(slot: slot(index), number: oldestNumber + index)
    }

    /// Whether a frame of this ring is held and not dropped yet.
    func holds(_ frame: FrameIdentity) -> Bool {
        let index = frame.number - oldestNumber
        return (0..<frameCount).contains(index) && slot(index) == frame.slot
    }

    /// Makes room for one frame more and returns its slot.
    mutating func extend() -> Int {
        let slot = start + head
        head = head + 1 == capacity ? 0 : head + 1
        frameCount += 1
        recordedCount += 1
        return slot
    }

    mutating func dropOldest() {
        frameCount -= 1
    }

    /// Forgets everything; the next frame goes to `head` and is the one after `recorded` others.
    mutating func clear(head: Int, recorded: Int) {
        (frameCount, transitionCount, self.head) = (0, 0, head)
        recordedCount = recorded
    }
}
