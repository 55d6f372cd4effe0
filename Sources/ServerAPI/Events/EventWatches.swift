package import RunStorage
internal import Synchronization

/// The watches under way: one for each scope that anybody reads.
package final class EventWatches: Sendable {
    private struct Entry {
        let watch: EventWatch
        var readers = 0
        var pictureReaders = 0
    }

    private let makeWatch: @Sendable (EventScope) -> EventWatch
    private let entries = Mutex<[EventScope: Entry]>([:])

    /// Creates the watches without any.
    ///
    /// - Parameters:
    ///   - store: Where events are written.
    ///   - readiness: Whether more can come.
    ///   - views: What makes pictures.
    ///   - clock: How often anything is done.
    ///   - ringBytes: How many bytes of each scope's newest events are held for its readers.
    package init(
        store: RunStore,
        readiness: Readiness,
        views: AgentViews,
        clock: WatchClock = .system,
        ringBytes: Int = 4 << 20
    ) {
        makeWatch = { scope in
            EventWatch(
                EventSource(scope: scope, store: store, readiness: readiness),
                views: views,
                clock: clock,
                ringBytes: ringBytes
            )
        }
    }

    /// How many scopes are watched.
    package var count: Int {
        entries.withLock { $0.count }
    }

    /// The bytes of events that are held for the readers of all scopes.
    package var heldBytes: Int {
        entries.withLock { $0.values.map(\.watch) }.reduce(0) { $0 + $1.heldBytes }
    }

    /// A place among the readers of a scope, given back when nobody holds it any more.
    func join(_ scope: EventScope, sendsPictures: Bool) -> Place {
        let watch = entries.withLock { entries in
            var entry = entries[scope] ?? Entry(watch: makeWatch(scope))
            if entry.watch.hasFailed { entry = Entry(watch: makeWatch(scope)) }
            entry.readers += 1
            entry.pictureReaders += sendsPictures ? 1 : 0
            if entry.pictureReaders > 0 { entry.watch.startLooking() }
            entries[scope] = entry
            return entry.watch
        }
        return Place(watch, of: self, sendsPictures: sendsPictures)
    }

    private func leave(_ watch: EventWatch, sendsPictures: Bool) {
        entries.withLock { entries in
            let scope = watch.source.scope
            // One that failed has ended by itself, and another stands in its place.
            guard var entry = entries[scope], entry.watch === watch else { return }
            entry.readers -= 1
            entry.pictureReaders -= sendsPictures ? 1 : 0
            if entry.pictureReaders == 0 { watch.stopLooking() }
            if entry.readers == 0 { watch.stop() }
            entries[scope] = entry.readers == 0 ? nil : entry
        }
    }

    final class Place: Sendable {
        let watch: EventWatch
        private let watches: EventWatches
        private let sendsPictures: Bool

        init(_ watch: EventWatch, of watches: EventWatches, sendsPictures: Bool) {
            self.watch = watch
            self.watches = watches
            self.sendsPictures = sendsPictures
        }

        deinit {
            watches.leave(watch, sendsPictures: sendsPictures)
        }
    }
}
