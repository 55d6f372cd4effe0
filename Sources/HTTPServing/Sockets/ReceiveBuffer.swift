/// Memory that all connections of a loop read into, one after the other, so that a connection
/// which waits holds none.
@safe struct ReceiveBuffer: ~Copyable {
    @unsafe let start: UnsafeMutableRawPointer
    let count: Int

    init(count: Int) {
        self.count = count
        unsafe start = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
        // Every byte is a byte from here on, read or not.
        unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    deinit {
        unsafe start.deallocate()
    }

    /// Lends the first bytes of the buffer, as the last read left them.
    func withBytes(_ length: Int, _ body: (Span<UInt8>) -> Void) {
        precondition(length <= count, "buffer holds \(count) bytes, asked for \(length)")
        let bytes = unsafe UnsafeBufferPointer(
            start: start.assumingMemoryBound(to: UInt8.self),
            count: length
        )
        body(unsafe bytes.span)
    }
}
