import Foundation

/// The sources of the package, and its targets as `Package.swift` declares them, the only table of
/// which module may import which.
enum House {
    /// One target with what it declares.
    struct Target {
        let name: String
        /// Where its sources lie, from the root of the package.
        let folder: String
        let dependencies: Set<String>
        /// The level that the comment above it says; nil below none.
        let level: Int?
        /// Folders below its own whose files are no part of it.
        let excluded: [String]
    }

    /// What comes with the toolchain.
    static let toolchainModules: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "FoundationNetworking", "Dispatch", "Glibc",
        "RegexBuilder", "Synchronization", "Testing",
    ]

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// All targets of Swift code.
    static func targets() throws -> [Target] {
        let manifest = try text(of: "Package.swift")
        guard let start = manifest.range(of: "    targets: [\n") else { return [] }
        var targets: [Target] = []
        var level: Int?
        var declaration = ""
        var depth = 0
        for line in manifest[start.upperBound...].split(separator: "\n") {
            if let found = line.firstMatch(of: /\/\/ Level (\d+)/) { level = Int(found.1) }
            if line.contains("path: \"Tests/") || line.contains("tests(") { level = nil }
            guard !line.contains("//") else { continue }
            declaration += line + "\n"
            for character in line.replacing(/"[^"]*"/, with: "") {
                depth += "([".contains(character) ? 1 : ")]".contains(character) ? -1 : 0
            }
            guard depth == 0 else { continue }
            if let target = target(declaration, level: level) { targets.append(target) }
            declaration = ""
        }
        return targets
    }

    private static func target(_ declaration: String, level: Int?) -> Target? {
        let kind = /(module|tests|\.target|\.executableTarget)\(\s*(?:name:\s*)?"([^"]+)"/
        guard let head = declaration.firstMatch(of: kind) else { return nil }
        let name = String(head.2)
        var rest = String(declaration[head.range.upperBound...])
        let excluded = rest.firstMatch(of: /exclude: \[([^\]]*)\]/).map { names(in: $0.1) } ?? []
        rest.replace(/(exclude|resources): \[[^\]]*\]/, with: "")
        rest.replace(/(path|package): "[^"]*"/, with: "")
        let path = declaration.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) }
        return Target(
            name: name,
            folder: path ?? (head.1 == "tests" ? "Tests/" : "Sources/") + name,
            // A product is imported by the name of its module, which differs for none.
            dependencies: Set(names(in: rest[...])),
            level: level,
            excluded: excluded
        )
    }

    private static func names(in text: Substring) -> [String] {
        text.matches(of: /"([^"]+)"/).map { String($0.1) }
    }

    /// The Swift files below `folder` of the package, with their text.
    static func sources(below folder: String) throws -> [(path: String, text: String)] {
        let base = root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.allObjects as? [String] ?? []
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            ("\(folder)/\(path)", try text(of: "\(folder)/\(path)"))
        }
    }

    /// The modules that a target's files import, with a file for each.
    static func imports(of target: Target) throws -> [String: String] {
        var imports: [String: String] = [:]
        for (path, text) in try sources(below: target.folder) {
            let isExcluded = target.excluded.contains { path.hasPrefix("\(target.folder)/\($0)/") }
            guard !isExcluded else { continue }
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.endIndex,
                    words[..<keyword].allSatisfy({ modifiers.contains(String($0)) })
                else { continue }
                imports[String(words[keyword + 1].prefix { $0 != "." })] = path
            }
        }
        return imports
    }

    private static let modifiers: Set<String> = [
        "internal", "public", "package", "private", "fileprivate", "@testable", "@preconcurrency",
        "@_spi", "@_exported",
    ]
}
