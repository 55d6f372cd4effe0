/// Reads Prometheus' text format 0.0.4 and notes every breach of its rules.
struct PrometheusExposition {
    struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    private struct Family {
        let name: String
        var type: String?
        var hasHelp = false
        var samples: [Sample] = []
    }

    private(set) var faults: [String] = []
    private var families: [Family] = []
    private var series: Set<String> = []

    init(_ text: String) {
        if !text.hasSuffix("\n") { faults.append("the last line does not end") }
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") {
                readComment(line)
            } else {
                readSample(line)
            }
        }
        for family in families { check(family) }
    }

    /// All samples of a name, whatever their labels.
    func samples(_ name: String) -> [Sample] {
        families.flatMap(\.samples).filter { $0.name == name }
    }

    private mutating func readComment(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 3)
        guard words.count == 4, words[1] == "HELP" || words[1] == "TYPE" else {
            return faults.append("no HELP or TYPE: \(line)")
        }
        let name = String(words[2])
        if families.last?.name != name {
            if families.contains(where: { $0.name == name }) {
                faults.append("the family \(name) stands in two places")
            }
            families.append(Family(name: name))
        }
        var family = families.removeLast()
        if !family.samples.isEmpty { faults.append("\(words[1]) of \(name) after samples") }
        if words[1] == "HELP" {
            if family.hasHelp { faults.append("two HELP of \(name)") }
            family.hasHelp = true
        } else {
            if family.type != nil { faults.append("two TYPE of \(name)") }
            family.type = String(words[3])
        }
        families.append(family)
    }

    private mutating func readSample(_ line: Substring) {
        guard let space = line.lastIndex(of: " "),
            let value = Double(line[line.index(after: space)...]),
            let (name, labels) = Self.series(line[..<space])
        else { return faults.append("no sample: \(line)") }
        let key = name + labels.sorted { $0.key < $1.key }.map { "\u{1}\($0)\u{2}\($1)" }.joined()
        if !series.insert(key).inserted { faults.append("twice: \(line[..<space])") }
        guard let family = families.last, Self.belongs(name, family) else {
            return faults.append("\(name) stands under no TYPE of its own")
        }
        families[families.count - 1].samples.append(
            Sample(name: name, labels: labels, value: value)
        )
    }

    private static func belongs(_ name: String, _ family: Family) -> Bool {
        guard family.type == "histogram" else { return name == family.name }
        return ["_bucket", "_sum", "_count"].contains { name == family.name + $0 }
    }

    /// A name, and labels in braces whose values escape quotes, backslashes and line feeds.
    private static func series(_ text: Substring) -> (String, [String: String])? {
        guard let brace = text.firstIndex(of: "{") else {
            return text.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) == nil
                ? nil : (String(text), [:])
        }
        guard text.hasSuffix("}"), let (name, _) = series(text[..<brace]) else { return nil }
        var rest = text[text.index(after: brace)...].dropLast()
        var labels: [String: String] = [:]
        while !rest.isEmpty {
            guard
                let match = rest.prefixMatch(
                    of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/
                ), labels.updateValue(String(match.2), forKey: String(match.1)) == nil
            else { return nil }
            rest = rest[match.range.upperBound...]
        }
        return (name, labels)
    }

    private mutating func check(_ family: Family) {
        if !family.hasHelp { faults.append("\(family.name) has no HELP") }
        switch family.type {
        case "counter":
            if !family.name.hasSuffix("_total") { faults.append("counter \(family.name)") }
            if family.samples.contains(where: { $0.value < 0 }) {
                faults.append("\(family.name) is below 0")
            }
        case "gauge":
            if family.name.hasSuffix("_total") { faults.append("gauge \(family.name)") }
        case "histogram":
            checkHistogram(family)
        default:
            faults.append("\(family.name) has type \(family.type ?? "none")")
        }
    }

    private mutating func checkHistogram(_ family: Family) {
        let groups = Dictionary(grouping: family.samples) { sample in
            sample.labels.filter { $0.key != "le" }
        }
        for (labels, samples) in groups {
            let buckets = samples.filter { $0.name.hasSuffix("_bucket") }
            let bounds = buckets.map {
                $0.labels["le"].map { $0 == "+Inf" ? .infinity : Double($0) }
            }
            let limits = bounds.compactMap { $0 ?? nil }
            let counts = buckets.map(\.value)
            let total = samples.filter { $0.name.hasSuffix("_count") }.map(\.value)
            let isGood =
                limits.count == buckets.count && limits.last == .infinity
                && zip(limits, limits.dropFirst()).allSatisfy { $0 < $1 }
                && zip(counts, counts.dropFirst()).allSatisfy { $0 <= $1 }
                && counts.last.map { [$0] } == total
                && samples.count { $0.name.hasSuffix("_sum") } == 1
            if !isGood { faults.append("\(family.name) with \(labels) is no histogram") }
        }
    }
}
