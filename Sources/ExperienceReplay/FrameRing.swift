/// Room for a fixed number of equally long frames, in memory or in a file.
///
/// A million 84×84 frames are 7 GB of address space, of which only what was written is memory.
struct FrameRing: ~Copyable, Sendable {
    let frameByteCount: Int
    let capacity: Int
    private let pages: MappedPages

    init(_ layout: ReplayLayout, storage: ReplayStorage) throws(ReplayError) {
        capacity = layout.capacity
        frameByteCount = layout.frameByteCount
        pages = try MappedPages(byteCount: layout.framesByteCount, storage: storage)
    }

    /// The frame in `slot`.
    subscript(slot: Int) -> Span<UInt8> {
        @_lifetime(borrow self)
        get {
            precondition((0..<capacity).contains(slot))
            let start = unsafe pages.address(as: UInt8.self) + slot * frameByteCount
            let span = unsafe Span(_unsafeStart: start, count: frameByteCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    mutating func write(_ frame: Span<UInt8>, to slot: Int) {
        precondition((0..<capacity).contains(slot))
        precondition(frame.count == frameByteCount, "\(frame.count) bytes, not \(frameByteCount)")
        unsafe frame.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            unsafe (pages.address(as: UInt8.self) + slot * frameByteCount)
                .update(from: start, count: source.count)
        }
    }
}
