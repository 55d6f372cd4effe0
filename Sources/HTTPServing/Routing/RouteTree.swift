/// All patterns of a router as one tree over their segments.
///
/// Where several patterns fit a path, literal text goes before parameters, a parameter with text
/// after it before one without, and `{name...}` comes last.
struct RouteTree: Sendable {
    private struct Node: Sendable {
        var literals: [(text: [UInt8], child: Int)] = []
        var parameters: [(isInteger: Bool, suffix: [UInt8], child: Int)] = []
        var rest: Int?
        /// What lies at the end of the path, by the caller's numbers.
        var leaf: Int?
    }

    private var nodes = [Node()]

    /// The leaf of a pattern; made by `makeLeaf` where the pattern is new.
    mutating func insert(_ pattern: RoutePattern, makeLeaf: () -> Int) -> Int {
        var node = 0
        for segment in pattern.segments {
            node = child(of: node, segment) ?? addChild(to: node, segment)
        }
        if let leaf = nodes[node].leaf { return leaf }
        let leaf = makeLeaf()
        nodes[node].leaf = leaf
        return leaf
    }

    /// The leaf for a path, and where the values of its parameters stand.
    ///
    /// A slash at the end of the path makes no difference.
    func find(
        _ path: Span<UInt8>,
        where isFit: (Int) -> Bool
    ) -> (leaf: Int, captures: [Range<Int>])? {
        var captures: [Range<Int>] = []
        guard let leaf = find(path, from: 1, node: 0, &captures, isFit) else { return nil }
        return (leaf, captures)
    }

    private func find(
        _ path: Span<UInt8>,
        from start: Int,
        node number: Int,
        _ captures: inout [Range<Int>],
        _ isFit: (Int) -> Bool
    ) -> Int? {
        let node = nodes[number]
        if start >= path.count, number != 0 {
            if let leaf = node.leaf, isFit(leaf) { return leaf }
            guard start == path.count else { return nil }
        }
        let end = path.firstIndex(from: start) { $0 == UInt8(ascii: "/") } ?? path.count
        let segment = path.extracting(start..<end)
        for (text, child) in node.literals where segment.equals(text.span) {
            if let leaf = find(path, from: end + 1, node: child, &captures, isFit) { return leaf }
        }
        for (isInteger, suffix, child) in node.parameters {
            let length = segment.count - suffix.count
            guard length > 0, segment.extracting(length...).equals(suffix.span),
                !isInteger || segment.extracting(first: length).decimal() != nil
            else { continue }
            captures.append(start..<start + length)
            if let leaf = find(path, from: end + 1, node: child, &captures, isFit) { return leaf }
            captures.removeLast()
        }
        if let rest = node.rest, let leaf = nodes[rest].leaf, isFit(leaf) {
            captures.append(min(start, path.count)..<path.count)
            return leaf
        }
        return nil
    }

    private func child(of node: Int, _ segment: RoutePattern.Segment) -> Int? {
        switch segment {
        case .literal(let text):
            nodes[node].literals.first { $0.text == text }?.child
        case .parameter(let isInteger, let suffix):
            nodes[node].parameters.first { $0.isInteger == isInteger && $0.suffix == suffix }?.child
        case .rest:
            nodes[node].rest
        }
    }

    private mutating func addChild(to node: Int, _ segment: RoutePattern.Segment) -> Int {
        let child = nodes.count
        nodes.append(Node())
        switch segment {
        case .literal(let text):
            nodes[node].literals.append((text, child))
        case .parameter(let isInteger, let suffix):
            nodes[node].parameters.append((isInteger, suffix, child))
            // Longer texts and digits fit less, so they are tried first.
            nodes[node].parameters.sort {
                ($0.suffix.count, $0.isInteger ? 1 : 0) > ($1.suffix.count, $1.isInteger ? 1 : 0)
            }
        case .rest:
            nodes[node].rest = child
        }
        return child
    }
}
