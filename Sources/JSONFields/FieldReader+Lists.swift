extension FieldReader {
    /// Reads a list of at most `limit` whole numbers.
    public mutating func read(
        _ key: String,
        in range: ClosedRange<Int>,
        limit: Int,
        into target: inout [Int]
    ) {
        guard let value = value(key) else { return }
        guard case .array(let elements) = value, elements.count <= limit else {
            fail(key, "must be a list of at most \(limit) whole numbers, got \(value.summary)")
            return
        }
        var numbers: [Int] = []
        for element in elements {
            guard case .integer(let number) = element.wholeNumber, range.contains(number) else {
                let limits = "\(range.lowerBound)...\(range.upperBound)"
                fail(key, "must hold whole numbers \(limits), got \(element.summary)")
                return
            }
            numbers.append(number)
        }
        target = numbers
    }
}
