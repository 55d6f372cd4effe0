/// The connections of a loop, by keys that are never given to a second one while anything may
/// still hold them.
struct ConnectionTable {
    private var slots: [(generation: UInt32, connection: Connection?)] = []
    private var free: [Int] = []
    private(set) var count = 0

    /// Keys below this one are not connections.
    private static let firstIndex = 16

    var isEmpty: Bool {
        count == 0
    }

    /// The connection of a key; nil once it is closed.
    subscript(key: UInt64) -> Connection? {
        let index = Int(truncatingIfNeeded: key & 0xFFFF_FFFF) - Self.firstIndex
        guard slots.indices.contains(index),
            slots[index].generation == UInt32(truncatingIfNeeded: key >> 32)
        else { return nil }
        return slots[index].connection
    }

    /// A key for a connection that is about to be inserted.
    mutating func makeKey() -> UInt64 {
        if free.isEmpty {
            free.append(slots.count)
            slots.append((0, nil))
        }
        let index = free[free.count - 1]
        return UInt64(slots[index].generation) << 32 | UInt64(index + Self.firstIndex)
    }

    /// Adds a connection under the key that was made last.
    mutating func insert(_ connection: Connection) {
        precondition(connection.key == makeKey(), "connection has a key of another")
        slots[free.removeLast()].connection = connection
        count += 1
    }

    mutating func remove(_ key: UInt64) {
        let index = Int(truncatingIfNeeded: key & 0xFFFF_FFFF) - Self.firstIndex
        precondition(self[key] != nil, "connection \(key) is not in the table")
        slots[index].connection = nil
        slots[index].generation &+= 1
        free.append(index)
        count -= 1
    }

    var all: [Connection] {
        slots.compactMap(\.connection)
    }

    func forEach(_ body: (Connection) -> Void) {
        for slot in slots {
            if let connection = slot.connection { body(connection) }
        }
    }
}
