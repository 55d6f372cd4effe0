internal import Glibc

/// Room for a fixed number of equally long frames, in memory or in a file.
///
/// A million 84×84 frames are 7 GB of address space, of which only what was written is memory.
/// The `@unchecked Sendable` holds because writing needs exclusive access.
@safe struct FrameRing: ~Copyable, @unchecked Sendable {
    let frameByteCount: Int
    let capacity: Int
    private let bytes: UnsafeMutableRawPointer

    init(capacity: Int, frameByteCount: Int, storage: ReplayStorage) throws(ReplayError) {
        self.capacity = capacity
        self.frameByteCount = frameByteCount
        let (byteCount, overflow) = capacity.multipliedReportingOverflow(by: frameByteCount)
        guard !overflow, byteCount > 0 else {
            throw .noMemory(capacity: capacity, frameByteCount: frameByteCount)
        }
        let mapped: UnsafeMutableRawPointer?
        switch storage {
        case .memory:
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
            unsafe mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
        case .file:
            let descriptor = try FrameFile.make(byteCount: byteCount)
            unsafe mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
            close(descriptor)
        }
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            throw .noMemory(capacity: capacity, frameByteCount: frameByteCount)
        }
        if storage == .file {
            // Transitions are drawn from anywhere: what lies beside a frame is not worth reading.
            unsafe madvise(mapped, byteCount, MADV_RANDOM)
        }
        unsafe bytes = mapped
    }

    deinit {
        unsafe munmap(bytes, capacity * frameByteCount)
    }

    /// The frame in `slot`.
    subscript(slot: Int) -> Span<UInt8> {
        @_lifetime(borrow self)
        get {
            precondition((0..<capacity).contains(slot))
            let start = unsafe (bytes + slot * frameByteCount).assumingMemoryBound(to: UInt8.self)
            let span = unsafe Span(_unsafeStart: start, count: frameByteCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    mutating func write(_ frame: Span<UInt8>, to slot: Int) {
        precondition((0..<capacity).contains(slot))
        precondition(frame.count == frameByteCount, "\(frame.count) bytes, not \(frameByteCount)")
        unsafe frame.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe (bytes + slot * frameByteCount).copyMemory(from: start, byteCount: source.count)
        }
    }
}
