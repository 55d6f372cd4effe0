/// When the phases of a connection began, from which its deadlines follow.
struct PhaseClock: Sendable {
    private(set) var idleSince: MonotonicTime
    private var headSince: MonotonicTime?
    private var bodySince: MonotonicTime
    private var lingerSince: MonotonicTime
    private var writeSince: MonotonicTime?
    private var drainSince = MonotonicTime.distantFuture
    /// Bytes of the body that have come.
    var bodyBytes = 0
    /// Bytes that the socket has taken since the write window began.
    var writtenBytes = 0

    init(openedAt now: MonotonicTime) {
        (idleSince, bodySince, lingerSince) = (now, now, now)
    }

    var isWriting: Bool {
        writeSince != nil
    }

    /// The header's deadline counts from its first bytes; later ones change nothing.
    mutating func beginHead(at now: MonotonicTime) {
        headSince = headSince ?? now
    }

    mutating func beginBody(at now: MonotonicTime) {
        (headSince, bodySince, bodyBytes) = (nil, now, 0)
    }

    mutating func beginIdle(at now: MonotonicTime) {
        (headSince, idleSince) = (nil, now)
    }

    mutating func beginLinger(at now: MonotonicTime) {
        lingerSince = now
    }

    mutating func beginDrain(at now: MonotonicTime) {
        drainSince = now
    }

    mutating func beginWrite(at now: MonotonicTime) {
        guard writeSince == nil else { return }
        (writeSince, writtenBytes) = (now, 0)
    }

    mutating func endWrite() {
        writeSince = nil
    }

    /// Begins another write window if the last one saw enough progress.
    mutating func continueWrite(at now: MonotonicTime, _ settings: ConnectionSettings) -> Bool {
        guard writtenBytes > 0, writtenBytes >= settings.writeStallBytes else { return false }
        (writeSince, writtenBytes) = (now, 0)
        return true
    }

    func headDeadline(_ settings: ConnectionSettings) -> MonotonicTime {
        (headSince ?? idleSince).advanced(by: settings.headerNanoseconds)
    }

    func idleDeadline(_ settings: ConnectionSettings) -> MonotonicTime {
        idleSince.advanced(by: settings.idleNanoseconds)
    }

    func bodyDeadline(_ settings: ConnectionSettings) -> MonotonicTime {
        bodySince.advanced(
            by: settings.bodyNanoseconds + Int64(bodyBytes) * settings.bodyNanosecondsPerByte
        )
    }

    func writeDeadline(_ settings: ConnectionSettings) -> MonotonicTime {
        writeSince?.advanced(by: settings.writeStallNanoseconds) ?? .distantFuture
    }

    func lingerDeadline(_ settings: ConnectionSettings) -> MonotonicTime {
        let deadline = lingerSince.advanced(by: settings.lingerNanoseconds)
        guard drainSince != .distantFuture else { return deadline }
        return min(
            deadline,
            max(lingerSince, drainSince).advanced(by: settings.drainNanoseconds)
        )
    }

    /// When a server that shuts down gives up on a request that is not complete.
    func drainDeadline(_ settings: ConnectionSettings) -> MonotonicTime {
        guard drainSince != .distantFuture else { return .distantFuture }
        return drainSince.advanced(by: settings.drainNanoseconds)
    }

    func reservedDeadline(_ settings: ConnectionSettings) -> MonotonicTime {
        idleSince.advanced(by: settings.reservedNanoseconds)
    }
}

extension MonotonicTime {
    func advanced(by nanoseconds: Int64) -> Self {
        Self(nanoseconds: self.nanoseconds + nanoseconds)
    }
}
