import ArgumentParser
import Foundation

/// What was measured, line by line.
struct Report {
    private(set) var lines: [ReportLine] = []

    mutating func add(_ line: ReportLine) {
        lines.append(line)
    }

    /// One JSON object a line, an array of them all.
    var json: String {
        "[\n" + lines.map(\.json).joined(separator: ",\n") + "\n]\n"
    }

    /// For people: a table for each run of lines that have the same columns.
    var table: String {
        var tables: [[ReportLine]] = []
        for line in lines {
            if tables.last?.last?.names == line.names {
                tables[tables.count - 1].append(line)
            } else {
                tables.append([line])
            }
        }
        return tables.map(Self.table).joined(separator: "\n")
    }

    private static func table(_ lines: [ReportLine]) -> String {
        let rows = [lines[0].names] + lines.map(\.texts)
        let widths = lines[0].names.indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            return cells.joined(separator: "  ") + "\n"
        }
        .joined()
    }
}

/// One line: names and values in order.
struct ReportLine {
    private var members: [(name: String, text: String, json: String)] = []

    init(_ benchmark: String) {
        add("benchmark", benchmark)
    }

    mutating func add(_ name: String, _ text: String) {
        members.append((name, text, "\"\(text)\""))
    }

    mutating func add(_ name: String, _ number: Int) {
        members.append((name, "\(number)", "\(number)"))
    }

    mutating func add(_ name: String, _ number: Double) {
        let text = String(format: "%.4g", number)
        let isLong = abs(number) >= 10_000
        members.append(
            (name, isLong ? String(format: "%.0f", number) : text, String(format: "%.6g", number))
        )
    }

    /// Adds the times.
    mutating func add(_ measurement: Measurement) {
        add("median_us", measurement.median * 1e6)
        add("min_us", measurement.minimum * 1e6)
        add("cpu_us", measurement.minimumProcessorTime * 1e6)
    }

    /// Adds the times, and what follows from them.
    ///
    /// - Parameters:
    ///   - measurement: The times.
    ///   - operations: Additions and multiplications of one call.
    ///   - peak: Operations a second that the machine can do at most; zero where that is not known.
    mutating func add(_ measurement: Measurement, operations: Double, peak: Double) {
        add(measurement)
        add("gflops", operations / measurement.median * 1e-9)
        if peak > 0 {
            add("share_of_peak", operations / measurement.median / peak)
        }
    }

    var names: [String] { members.map(\.name) }
    var texts: [String] { members.map(\.text) }

    var json: String {
        "{" + members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}"
    }
}

/// Where the numbers go.
struct ReportOptions: ParsableArguments {
    @Option(help: "A file for the numbers as JSON, beside the table; - for JSON in its place.")
    var json: String?

    func write(_ report: Report) throws {
        if json == "-" {
            print(report.json, terminator: "")
            return
        }
        print(report.table, terminator: "")
        if let json {
            try Data(report.json.utf8).write(to: URL(filePath: json))
        }
    }
}
