/// The name that `word` was most likely meant to be: the fewest letters to change, at most a third.
public func nearestName(to word: String, among names: [String]) -> String? {
    let distances = names.map { (name: $0, distance: editDistance(word, $0)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }),
        best.distance <= max(2, min(word.utf8.count, comparedBytes) / 3)
    else { return nil }
    return best.name
}

/// Names are told apart by so many bytes: a word of any length may come from elsewhere.
private let comparedBytes = 64

/// How many letters to insert, drop or replace to turn one word into the other.
private func editDistance(_ first: String, _ second: String) -> Int {
    let (first, second) = (
        Array(first.utf8.prefix(comparedBytes)), Array(second.utf8.prefix(comparedBytes))
    )
    var previous = Array(0...second.count)
    for (row, letter) in first.enumerated() {
        var current = [row + 1]
        for (column, other) in second.enumerated() {
            current.append(
                min(
                    current[column] + 1,
                    previous[column + 1] + 1,
                    previous[column] + (letter == other ? 0 : 1)
                )
            )
        }
        previous = current
    }
    return previous[second.count]
}
