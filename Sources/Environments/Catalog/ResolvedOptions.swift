/// The options of an environment with a value for each, all of them allowed.
struct ResolvedOptions: Equatable, Sendable {
    let values: EnvironmentOptions

    /// Takes what is given, fills in the rest, and throws all faults at once.
    init(
        _ given: EnvironmentOptions,
        for environment: String,
        from options: [EnvironmentOption]
    ) throws(EnvironmentError) {
        var values: EnvironmentOptions = [:]
        var faults: [OptionFault] = []
        for option in options {
            guard let value = given[option.name] else {
                values[option.name] = option.defaultValue
                continue
            }
            if let accepted = option.accepted(value) {
                values[option.name] = accepted
            } else {
                faults.append(
                    OptionFault(
                        option: option.name,
                        message: "must be \(option.allowedDescription), got \(value)"
                    )
                )
            }
        }
        let names = options.map(\.name)
        for name in given.keys.sorted() where !names.contains(name) {
            let hint = nearest(to: name, among: names).map { "; did you mean \"\($0)\"?" }
            faults.append(
                OptionFault(option: name, message: "is not an option of it" + (hint ?? ""))
            )
        }
        guard faults.isEmpty else { throw .invalidOptions(environment, faults) }
        self.values = values
    }

    func boolean(_ name: String) -> Bool {
        guard case .boolean(let value) = values[name] else { undeclared(name) }
        return value
    }

    func integer(_ name: String) -> Int {
        guard case .integer(let value) = values[name] else { undeclared(name) }
        return value
    }

    func number(_ name: String) -> Double {
        guard case .number(let value) = values[name] else { undeclared(name) }
        return value
    }

    func text(_ name: String) -> String {
        guard case .text(let value) = values[name] else { undeclared(name) }
        return value
    }

    private func undeclared(_ name: String) -> Never {
        preconditionFailure("no option \(name) of this kind was declared")
    }
}

/// The name that was most likely meant: the fewest letters away, if they are few.
func nearest(to name: String, among candidates: [String]) -> String? {
    // What is much longer than any name is no slip of the finger, and would be slow to compare.
    guard name.count <= 64 else { return nil }
    let best = candidates.map { ($0, distance(name, $0)) }.min { $0.1 < $1.1 }
    guard let (candidate, edits) = best, edits <= max(2, name.count / 3) else { return nil }
    return candidate
}

/// How many letters must be changed, added, removed or swapped with their neighbour.
private func distance(_ first: String, _ second: String) -> Int {
    let one = Array(first)
    let other = Array(second)
    var before: [Int] = []
    var previous: [Int] = []
    var current = Array(0...other.count)
    for row in one.indices {
        (before, previous, current) = (previous, current, [row + 1])
        for column in other.indices {
            var edits = min(
                previous[column + 1] + 1,
                current[column] + 1,
                previous[column] + (one[row] == other[column] ? 0 : 1)
            )
            if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                edits = min(edits, before[column - 1] + 1)
            }
            current.append(edits)
        }
    }
    return current[other.count]
}
