internal import Glibc

/// Pages of zeros straight from the system: what is never written takes no memory.
///
/// The `@unchecked Sendable` holds because writing needs exclusive access.
@safe struct MappedPages: ~Copyable, @unchecked Sendable {
    let byteCount: Int
    private let start: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - byteCount: At least 1.
    ///   - storage: Where the pages lie.
    /// - Throws: Where the system refuses them.
    init(byteCount: Int, storage: ReplayStorage) throws(ReplayError) {
        precondition(byteCount > 0)
        self.byteCount = byteCount
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
            throw .noMemory(byteCount: byteCount)
        }
        if storage == .file {
            // Transitions are drawn from anywhere: what lies beside a frame is not worth reading.
            unsafe madvise(mapped, byteCount, MADV_RANDOM)
        }
        unsafe start = mapped
    }

    deinit {
        unsafe munmap(start, byteCount)
    }

    /// The pages as elements of a trivial type, for which zeros are a value.
    @unsafe
    func address<Element>(as type: Element.Type) -> UnsafeMutablePointer<Element> {
        unsafe start.assumingMemoryBound(to: type)
    }
}
