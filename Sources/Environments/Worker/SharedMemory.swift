internal import CLinux
internal import Glibc

/// Memory that a worker process writes and this one reads, in slots of one size, so that nothing
/// large travels through a socket.
@safe
struct SharedMemory: ~Copyable {
    /// What the worker maps.
    let descriptor: Descriptor

    let slotCount: Int
    let slotByteCount: Int

    private let memory: UnsafeMutableRawPointer

    init(slots slotCount: Int, slotByteCount: Int) throws(EnvironmentError) {
        precondition(slotCount > 0 && slotByteCount > 0, "shared memory needs bytes")
        let byteCount = slotCount * slotByteCount
        let descriptor = try Descriptor.memory(named: "shared")
        // Sealed, it cannot be shortened by whoever holds it: reading never faults.
        let seals = CLINUX_F_SEAL_SHRINK | CLINUX_F_SEAL_GROW | CLINUX_F_SEAL_SEAL
        guard ftruncate(descriptor.number, byteCount) == 0,
            fcntl(descriptor.number, CLINUX_F_ADD_SEALS, seals) == 0,
            let memory = unsafe mmap(
                nil,
                byteCount,
                PROT_READ | PROT_WRITE,
                MAP_SHARED,
                descriptor.number,
                0
            ), unsafe memory != MAP_FAILED
        else {
            throw .workerNotStarted(reason: "shared memory: \(systemErrorMessage(errno))")
        }
        self.descriptor = descriptor
        self.slotCount = slotCount
        self.slotByteCount = slotByteCount
        unsafe self.memory = memory
    }

    deinit {
        unsafe munmap(memory, slotCount * slotByteCount)
    }

    /// The first bytes of a slot.
    @_lifetime(borrow self)
    func bytes(ofSlot slot: Int, count: Int) -> Span<UInt8> {
        precondition(hasRoom(slot, for: count), "slot \(slot) has no \(count) bytes")
        // They lie in the mapping, which lives as long as `self`.
        let start = unsafe memory + slot * slotByteCount
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
        let span = unsafe Span<UInt8>(_unsafeBytes: bytes)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Writes where a slot begins.
    func write(_ bytes: [UInt8], toSlot slot: Int) {
        precondition(hasRoom(slot, for: bytes.count), "slot \(slot) has no \(bytes.count) bytes")
        unsafe (memory + slot * slotByteCount).copyMemory(from: bytes, byteCount: bytes.count)
    }

    private func hasRoom(_ slot: Int, for count: Int) -> Bool {
        (0..<slotCount).contains(slot) && (0...slotByteCount).contains(count)
    }
}
