/// A walk through an array of any JSON values to the one at a given byte, and on to the end.
///
/// Made only once a fault was found: it tells a text that is JSON, with something in it that is no
/// number as expected, from a text that is no JSON at all. No depth exhausts the stack.
struct PlaceWalk {
    /// The byte whose value is looked for.
    let position: Int
    /// The place of that value within the array, once it was met: "/0/2/5".
    private(set) var pointer: String?
    /// The arrays and objects that are open, each with the number of the value in it.
    private var levels: [(isArray: Bool, number: Int)] = []

    init(to position: Int) {
        self.position = position
    }

    /// Goes over the whole text.
    /// - Throws: Where it stops being JSON.
    mutating func run(_ cursor: inout JSONCursor) throws(JSONScanError) {
        cursor.skipWhitespace()
        repeat {
            try takeBeginning(&cursor)
            while try takeEnd(&cursor) {}
        } while !levels.isEmpty
        guard cursor.index == cursor.bytes.count else {
            throw cursor.error(.expected("nothing after the array"))
        }
    }

    /// Goes over a value that has none in it, and over all brackets before it.
    private mutating func takeBeginning(_ cursor: inout JSONCursor) throws(JSONScanError) {
        while true {
            note(cursor.index)
            switch cursor.current {
            case UInt8(ascii: "["):
                open(&cursor, isArray: true)
                if cursor.current == UInt8(ascii: "]") { return }
                continue
            case UInt8(ascii: "{"):
                open(&cursor, isArray: false)
                if cursor.current == UInt8(ascii: "}") { return }
                try takeName(&cursor)
                continue
            case UInt8(ascii: "\""): _ = try cursor.takeString()
            case UInt8(ascii: "t"): try cursor.take(literal: "true")
            case UInt8(ascii: "f"): try cursor.take(literal: "false")
            case UInt8(ascii: "n"): try cursor.take(literal: "null")
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                _ = try cursor.takeNumber(limit: .max)
            default: throw cursor.error(.expected("a value"))
            }
            cursor.skipWhitespace()
            return
        }
    }

    /// Goes over what stands behind a value: a comma, or the end of what it is in.
    /// - Returns: Whether that ended, so that another end may follow.
    private mutating func takeEnd(_ cursor: inout JSONCursor) throws(JSONScanError) -> Bool {
        guard let level = levels.last else { return false }
        let bracket = level.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}")
        if cursor.current == UInt8(ascii: ",") {
            levels[levels.count - 1].number += 1
            cursor.index += 1
            cursor.skipWhitespace()
            if !level.isArray { try takeName(&cursor) }
            return false
        }
        guard cursor.current == bracket else {
            throw cursor.error(.expected(level.isArray ? "\",\" or \"]\"" : "\",\" or \"}\""))
        }
        levels.removeLast()
        // A list that is too short or too long is known at its end.
        note(cursor.index)
        cursor.index += 1
        cursor.skipWhitespace()
        return true
    }

    private mutating func takeName(_ cursor: inout JSONCursor) throws(JSONScanError) {
        _ = try cursor.takeString()
        cursor.skipWhitespace()
        try cursor.take(":", "\":\"")
        cursor.skipWhitespace()
    }

    private mutating func open(_ cursor: inout JSONCursor, isArray: Bool) {
        levels.append((isArray, 0))
        cursor.index += 1
        cursor.skipWhitespace()
    }

    private mutating func note(_ index: Int) {
        guard index == position else { return }
        pointer = levels.map { "/\($0.number)" }.joined()
    }
}

extension JSONScanError {
    /// The error with its place where the array in `range` is JSON, and else the error of the byte
    /// at which it stops being JSON.
    func placed(in document: [UInt8], _ range: Range<Int>) -> JSONScanError {
        var walk = PlaceWalk(to: position)
        var cursor = JSONCursor(
            document.span.extracting(first: range.upperBound),
            at: range.lowerBound
        )
        do throws(JSONScanError) {
            try walk.run(&cursor)
        } catch {
            return error
        }
        var placed = self
        placed.pointer = walk.pointer
        return placed
    }
}
