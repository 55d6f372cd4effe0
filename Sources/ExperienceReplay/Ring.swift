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
        index(of: frame) != nil
    }

    /// A frame's place counted from the oldest; nil where it is not held any more.
    func index(of frame: FrameIdentity) -> Int? {
        let index = frame.number - oldestNumber
        return (0..<frameCount).contains(index) && slot(index) == frame.slot ? index : nil
    }

    /// The place of the frame in a slot that holds one, counted from the oldest.
    func index(ofSlot slot: Int) -> Int {
        let index = slot - start - (head - frameCount)
        if index < 0 { return index + capacity }
        return index < capacity ? index : index - capacity
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
