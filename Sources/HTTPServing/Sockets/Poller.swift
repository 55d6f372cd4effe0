internal import CLinux
internal import Glibc

/// The kernel's list of sockets with something to do (epoll).
@safe struct Poller: ~Copyable {
    struct Event {
        let key: UInt64
        /// There are bytes, an end or an error to read.
        let isReadable: Bool
        /// The client has sent its last byte, though there may be bytes before it to read.
        let hasEnd: Bool
        /// Both directions are over: the connection was reset, or ended on both sides.
        let isDead: Bool
    }

    private let descriptor: Descriptor
    private let events: UnsafeMutableBufferPointer<epoll_event>

    private static let eventLimit = 256

    init() throws(HTTPServerError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw .cannotPoll(reason: HTTPServerError.lastReason) }
        descriptor = Descriptor(number)
        unsafe events = .allocate(capacity: Self.eventLimit)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Watches a connection for as long as it is open, and reports each change of it once.
    func watch(_ connection: borrowing Descriptor, key: UInt64) -> Bool {
        let interest = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue
        return dqn_epoll_add(descriptor.number, connection.number, interest | EPOLLET.rawValue, key)
            == 0
    }

    /// Watches a source that several loops share; one of them is woken while there is anything.
    func watchShared(_ source: Int32, key: UInt64) -> Bool {
        let interest = EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue
        return dqn_epoll_add(descriptor.number, source, interest, key) == 0
    }

    func ignore(_ source: Int32) {
        _ = dqn_epoll_remove(descriptor.number, source)
    }

    /// Waits until there is an event or the time is over.
    /// - Parameter milliseconds: Negative waits without end.
    /// - Returns: How many events there are; see ``event(_:)``.
    func wait(milliseconds: Int32) -> Int {
        let count = unsafe epoll_wait(
            descriptor.number,
            events.baseAddress,
            Int32(Self.eventLimit),
            milliseconds
        )
        return max(Int(count), 0)
    }

    func event(_ index: Int) -> Event {
        let event = unsafe events[index]
        let mask = unsafe event.events
        let ends = EPOLLHUP.rawValue | EPOLLERR.rawValue
        return Event(
            key: unsafe event.data.u64,
            isReadable: mask & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | ends) != 0,
            hasEnd: mask & EPOLLRDHUP.rawValue != 0,
            isDead: mask & ends != 0
        )
    }
}
