/// The name that `word` was most likely meant to be: the fewest letters to change, at most a third;
/// nil where none is near.
public func nearestName(to word: String, among names: [String]) -> String? {
    let distances = names.map { (name: $0, distance: editDistance(word, $0)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }),
        best.distance <= max(2, min(word.utf8.count, comparedBytes) / 3)
    else { return nil }
    return best.name
}

/// Names are told apart by so many bytes: a word of any length may come from elsewhere.
private let comparedBytes = 64

/// How many letters to insert, drop, replace or swap with their neighbour to turn one word into the
/// other.
private func editDistance(_ first: String, _ second: String) -> Int {
    let (first, second) = (
        Array(first.utf8.prefix(comparedBytes)), Array(second.utf8.prefix(comparedBytes))
    )
    var before: [Int] = []
    var previous: [Int] = []
    var current = Array(0...second.count)
    for row in first.indices {
        (before, previous, current) = (previous, current, [row + 1])
        for column in second.indices {
            var edits = min(
                current[column] + 1,
                previous[column + 1] + 1,
                previous[column] + (first[row] == second[column] ? 0 : 1)
            )
            let areSwapped =
                row > 0 && column > 0 && first[row] == second[column - 1]
                && first[row - 1] == second[column]
            if areSwapped { edits = min(edits, before[column - 1] + 1) }
            current.append(edits)
        }
    }
    return current[second.count]
}
