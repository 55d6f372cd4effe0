internal import CLinux
internal import Glibc

/// Memory for two screens that a worker process writes and this one reads, so that no screen
/// travels through a pipe.
@safe
struct SharedScreens: ~Copyable {
    /// Room for one screen, in bytes; the largest of the Atari is 250×160×3.
    static let slotByteCount = 1 << 17

    /// What the worker maps.
    let descriptor: Descriptor

    private let memory: UnsafeMutableRawPointer

    init() throws(EnvironmentError) {
        let byteCount = 2 * Self.slotByteCount
        let descriptor = try Descriptor.memory(named: "screens")
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
            throw .workerNotStarted(reason: "screens: \(systemErrorMessage(errno))")
        }
        self.descriptor = descriptor
        unsafe self.memory = memory
    }

    deinit {
        unsafe munmap(memory, 2 * Self.slotByteCount)
    }

    /// Shows the first bytes of both slots: the last screen and the one before it.
    func withScreens<Outcome>(
        byteCount: Int,
        _ body: (_ newest: Span<UInt8>, _ previous: Span<UInt8>) -> Outcome
    ) -> Outcome {
        precondition(
            (0...Self.slotByteCount).contains(byteCount),
            "a slot has no \(byteCount) bytes"
        )
        // The mapping holds two slots and outlives the call.
        let newest = unsafe UnsafeRawBufferPointer(start: memory, count: byteCount)
        let previous = unsafe UnsafeRawBufferPointer(
            start: memory + Self.slotByteCount,
            count: byteCount
        )
        return unsafe body(Span(_unsafeBytes: newest), Span(_unsafeBytes: previous))
    }

    /// Puts a screen where the worker's last one would be.
    func writeNewest(_ screen: [UInt8]) {
        precondition(screen.count <= Self.slotByteCount, "a slot has no \(screen.count) bytes")
        unsafe memory.copyMemory(from: screen, byteCount: screen.count)
    }
}
