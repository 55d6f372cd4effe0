internal import HTTPServing

/// The events of one job or of all, from any event on, for as long as there are more to come, as
/// the bytes that one reader is sent.
///
/// It goes on when its reader wants more. So a slow reader holds nothing up and nothing is kept for
/// it, and a reader that comes back misses nothing.
struct EventFeed: AsyncSequence {
    typealias Element = [UInt8]

    let watches: EventWatches
    let scope: EventScope
    /// Whether pictures of the job are sent between its events while it runs.
    let sendsPictures: Bool
    /// The last event the reader has.
    let after: Int

    func makeAsyncIterator() -> Iterator {
        Iterator(self)
    }

    struct Iterator: AsyncIteratorProtocol {
        private let place: EventWatches.Place
        private var reader: EventWatch.Reader
        private var hasBegun = false

        init(_ feed: EventFeed) {
            place = feed.watches.join(feed.scope, sendsPictures: feed.sendsPictures)
            reader = EventWatch.Reader(
                position: feed.after,
                picture: feed.sendsPictures ? 0 : nil
            )
        }

        mutating func next() async throws -> [UInt8]? {
            guard hasBegun else {
                hasBegun = true
                // WHATWG HTML §9.2.6: without data it is no event, but sets where to go on. So a
                // reader that is cut off before the first event misses none either.
                return ServerSentEvent(id: "\(reader.position)", retryMilliseconds: 2000).bytes
            }
            while true {
                switch try await place.watch.step(for: reader) {
                case .picture(let bytes, let number):
                    reader.picture = number
                    return bytes
                case .events(let bytes, let last):
                    reader.position = last
                    return bytes
                case .fetch(let floor):
                    if let bytes = try await fetch(floor: floor) { return bytes }
                case .end:
                    return nil
                }
            }
        }

        /// The next events from the store; nil where there are none.
        private mutating func fetch(floor: Int?) async throws -> [UInt8]? {
            guard let piece = try await place.watch.history.piece(after: reader.position) else {
                reader.position = Swift.max(reader.position, floor ?? 0)
                reader.isCaughtUp = true
                return nil
            }
            reader.position = piece.last
            return piece.bytes
        }
    }
}
