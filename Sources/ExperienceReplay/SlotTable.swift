/// What is known of every frame of a replay memory beside its pixels, a slot each.
struct SlotTable: ~Copyable, Sendable {
    private let count: Int
    private let pages: MappedPages

    init(_ layout: ReplayLayout) throws(ReplayError) {
        count = layout.capacity
        // Zeros are an empty slot: no reward, no action, no flag.
        pages = try MappedPages(byteCount: layout.slotsByteCount, storage: .memory)
    }

    subscript(slot: Int) -> Slot {
        get {
            precondition(slot >= 0 && slot < count)
            return unsafe pages.address(as: Slot.self)[slot]
        }
        set {
            precondition(slot >= 0 && slot < count)
            unsafe pages.address(as: Slot.self)[slot] = newValue
        }
    }
}
