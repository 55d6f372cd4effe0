internal import Synchronization

/// Floats that somebody is writing: all of a range, or some columns of the matrix that lies there.
package struct PartClaim: Equatable, Sendable {
    private let floats: Range<Int>
    private let width: Int
    private let columns: Range<Int>

    /// - Parameters:
    ///   - floats: The range, or where the matrix lies.
    ///   - width: Floats of a row of the matrix.
    ///   - columns: Which columns of it.
    package init(floats: Range<Int>, width: Int, columns: Range<Int>) {
        self.floats = floats
        self.width = width
        self.columns = columns
    }

    /// All of a range: a matrix of one row.
    package init(floats: Range<Int>) {
        self.init(floats: floats, width: floats.count, columns: 0..<floats.count)
    }

    /// Whether both hold a float, or might: two matrices that do not lie in the same place are not
    /// compared column by column.
    package func meets(_ other: PartClaim) -> Bool {
        if floats == other.floats && width == other.width {
            return columns.overlaps(other.columns)
        }
        return !columns.isEmpty && !other.columns.isEmpty && floats.overlaps(other.floats)
    }
}

/// The parts of a buffer that are being written.
package final class PartClaims: Sendable {
    private let present = Mutex<[PartClaim]>([])

    package init() {}

    /// Traps where another part that is being written meets `claim`.
    package func add(_ claim: PartClaim) {
        present.withLock { present in
            for other in present {
                precondition(!claim.meets(other), "\(claim) is written with \(other)")
            }
            present.append(claim)
        }
    }

    package func remove(_ claim: PartClaim) {
        present.withLock { present in
            guard let index = present.firstIndex(of: claim) else { return }
            present.remove(at: index)
        }
    }
}
