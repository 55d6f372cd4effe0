/// What a connection has still to send, in order.
struct Outgoing {
    enum Piece {
        case bytes([UInt8])
        case file(HTTPFile, Range<Int>)
    }

    private var pieces: [Piece] = []
    /// How much of the first piece is sent, where it is bytes.
    private(set) var offset = 0

    var isEmpty: Bool {
        pieces.isEmpty
    }

    var first: Piece? {
        pieces.first
    }

    var hasMore: Bool {
        pieces.count > 1
    }

    /// Adds a piece that is not empty.
    mutating func append(_ piece: Piece) {
        pieces.append(piece)
    }

    /// Forgets what the socket has taken of the first piece.
    mutating func removeFirst(_ count: Int) {
        switch pieces.first {
        case .bytes(let bytes):
            offset += count
            guard offset == bytes.count else { return }
            offset = 0
            pieces.removeFirst()
        case .file(let file, let range):
            guard range.count > count else {
                pieces.removeFirst()
                return
            }
            pieces[0] = .file(file, range.lowerBound + count..<range.upperBound)
        case nil:
            break
        }
    }
}
