/// A nested JSON array of numbers: all its numbers in the order of the text, and its shape.
public struct NumberArray<Element: Sendable>: Sendable {
    /// How many elements there are at each level, outermost first; their product is the count of
    /// `elements`.
    public let shape: [Int]
    /// The numbers, row by row.
    public let elements: [Element]
}

extension NumberArray<UInt8> {
    /// Reads the array in `range` of `document`, all numbers being integers 0…255.
    public init(
        _ document: [UInt8],
        in range: Range<Int>,
        limits: JSONLimits = JSONLimits()
    ) throws(JSONScanError) {
        self = try Self.scan(document, range, limits)
    }
}

extension NumberArray<Int64> {
    /// Reads the array in `range` of `document`, all numbers being integers of 64 bits.
    public init(
        _ document: [UInt8],
        in range: Range<Int>,
        limits: JSONLimits = JSONLimits()
    ) throws(JSONScanError) {
        self = try Self.scan(document, range, limits)
    }
}

extension NumberArray<Float> {
    /// Reads the array in `range` of `document`, each number rounded to the nearest value.
    public init(
        _ document: [UInt8],
        in range: Range<Int>,
        limits: JSONLimits = JSONLimits()
    ) throws(JSONScanError) {
        self = try Self.scan(document, range, limits)
    }
}

extension NumberArray<Double> {
    /// Reads the array in `range` of `document`, each number rounded to the nearest value.
    public init(
        _ document: [UInt8],
        in range: Range<Int>,
        limits: JSONLimits = JSONLimits()
    ) throws(JSONScanError) {
        self = try Self.scan(document, range, limits)
    }
}

extension NumberArray where Element: JSONNumber {
    fileprivate static func scan(
        _ document: [UInt8],
        _ range: Range<Int>,
        _ limits: JSONLimits
    ) throws(JSONScanError) -> Self {
        var scan = ArrayScan<Element>(limits: limits)
        // Each number takes two bytes at least, its comma or bracket included.
        let capacity = min(range.count / 2, limits.count)
        do throws(JSONScanError) {
            let elements = try [Element](capacity: capacity) { elements throws(JSONScanError) in
                // Offsets are those of the document, so that errors name its bytes.
                var cursor = JSONCursor(
                    document.span.extracting(first: range.upperBound),
                    at: range.lowerBound
                )
                try scan.run(&cursor, into: &elements)
            }
            return Self(shape: scan.shape, elements: elements)
        } catch {
            throw error.placed(in: document, range)
        }
    }
}

/// The walk through the brackets of an array; rows of numbers are left to ``JSONNumber``.
private struct ArrayScan<Element: JSONNumber> {
    let limits: JSONLimits
    /// Extents of the levels that have been closed once.
    private var extents: [Int?] = []
    /// Elements so far of each level that is open.
    private var counts: [Int] = []
    /// The level of the numbers, once one was seen.
    private var leafDepth: Int?

    init(limits: JSONLimits) {
        self.limits = limits
    }

    var shape: [Int] {
        extents.map { $0 ?? 0 }
    }

    mutating func run(
        _ cursor: inout JSONCursor,
        into elements: inout OutputSpan<Element>
    ) throws(JSONScanError) {
        cursor.skipWhitespace()
        guard cursor.current == UInt8(ascii: "[") else {
            throw cursor.error(.expected("an array of numbers"))
        }
        repeat {
            try open(&cursor, into: &elements)
            while try close(&cursor) {}
        } while !counts.isEmpty
        cursor.skipWhitespace()
        guard cursor.index == cursor.bytes.count else {
            throw cursor.error(.expected("nothing after the array"))
        }
    }

    /// Goes over opening brackets and the row of numbers behind them.
    private mutating func open(
        _ cursor: inout JSONCursor,
        into elements: inout OutputSpan<Element>
    ) throws(JSONScanError) {
        while cursor.current == UInt8(ascii: "[") {
            guard counts.count < min(limits.depth, leafDepth ?? .max) else {
                throw cursor.error(
                    leafDepth == counts.count
                        ? .expected(Element.expectation) : .tooDeep(limit: limits.depth)
                )
            }
            counts.append(0)
            if extents.count < counts.count { extents.append(nil) }
            cursor.index += 1
            cursor.skipWhitespace()
        }
        guard cursor.current != UInt8(ascii: "]") else { return }
        guard leafDepth ?? counts.count == counts.count else {
            throw cursor.error(.expected("\"[\""))
        }
        leafDepth = counts.count
        let (rows, count) = try Element.takeRows(
            &cursor,
            into: &elements,
            rowLength: extents[counts.count - 1],
            limits: limits
        )
        if counts.count > 1 { counts[counts.count - 2] += rows }
        counts[counts.count - 1] = count
    }

    /// Goes over a closing bracket and what follows it.
    /// - Returns: Whether another one has to follow.
    private mutating func close(_ cursor: inout JSONCursor) throws(JSONScanError) -> Bool {
        guard cursor.current == UInt8(ascii: "]") else {
            throw cursor.error(.expected("\",\" or \"]\""))
        }
        let depth = counts.count - 1
        let expected = extents[depth] ?? counts[depth]
        guard counts[depth] == expected else {
            throw cursor.error(.ragged(expected: expected, found: counts[depth]))
        }
        extents[depth] = expected
        counts.removeLast()
        cursor.index += 1
        guard depth > 0 else { return false }
        counts[depth - 1] += 1
        cursor.skipWhitespace()
        guard cursor.current == UInt8(ascii: ",") else { return true }
        cursor.index += 1
        cursor.skipWhitespace()
        guard cursor.current == UInt8(ascii: "[") else { throw cursor.error(.expected("\"[\"")) }
        return false
    }
}
