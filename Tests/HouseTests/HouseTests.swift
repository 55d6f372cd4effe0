import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct HouseTests {
    @Test("every target imports what Package.swift declares for it, all of it and nothing else")
    func imports() throws {
        let targets = try House.targets()
        #expect(targets.count > 30)
        for target in targets where try !House.sources(below: target.folder).isEmpty {
            let imports = try House.imports(of: target)
            for (module, path) in imports where !House.toolchainModules.contains(module) {
                #expect(
                    target.dependencies.contains(module.replacing("_", with: "-")),
                    "\(path) imports \(module), which Package.swift does not declare"
                )
            }
            let unused = target.dependencies.filter { dependency in
                imports[dependency.replacing("-", with: "_")] == nil
            }
            #expect(unused.isEmpty, "\(target.name) declares \(unused.sorted()) and imports none")
        }
    }

    @Test("a module's level, in Package.swift and in README, is one above the highest it imports")
    func levels() throws {
        let targets = try House.targets().filter { $0.folder.hasPrefix("Sources/") }
        let table = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0.dependencies) })
        func level(_ name: String) -> Int {
            // C modules lie below all of ours.
            let below = (table[name] ?? []).filter { table[$0] != nil && !isOfC($0) }
            return (below.map(level).max() ?? -1) + 1
        }
        let map = try readmeLevels()
        for target in targets where !isOfC(target.name) && target.name != "dqn-bench" {
            let level = level(target.name)
            #expect(target.level == level, "\(target.name) stands on level \(level)")
            #expect(map[target.name] == level, "README: \(target.name) stands on level \(level)")
        }
        let known = map.keys.filter { table[$0] == nil }
        #expect(known.isEmpty, "README names modules that there are not: \(known.sorted())")
    }

    /// Whether a target has no Swift code.
    private func isOfC(_ name: String) -> Bool {
        (try? House.sources(below: "Sources/\(name)").isEmpty) ?? true
    }

    /// The modules of README's map with their levels: a line that begins with a number holds the
    /// modules of that level, further lines of it begin with none.
    private func readmeLevels() throws -> [String: Int] {
        let readme = try House.text(of: "README.md")
        let map = readme.components(separatedBy: "## The map of the code").last ?? ""
        let block = map.components(separatedBy: "```").dropFirst().first ?? ""
        var levels: [String: Int] = [:]
        var level: Int?
        for line in block.split(separator: "\n") {
            if let found = line.firstMatch(of: /^ ?(\d+)\s/) { level = Int(found.1) }
            for word in line.matches(of: /\b([A-Z][A-Za-z]+|dqn-server)\b/)
            where modules.contains(String(word.1)) {
                levels[String(word.1)] = level
            }
        }
        return levels
    }

    private let modules: Set<String> = {
        let base = House.root.appending(path: "Sources").path
        return Set((try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [])
    }()

    @Test("every folder of Swift code is a target")
    func everyModuleIsATarget() throws {
        let names = Set(try House.targets().map(\.name))
        for module in modules where try !House.sources(below: "Sources/\(module)").isEmpty {
            #expect(names.contains(module), "\(module) is no target")
        }
    }

    @Test("a file holds one idea in at most 300 lines")
    func fileLength() throws {
        for (path, text) in try House.sources(below: "Sources") {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(lines <= 300, "\(path) has \(lines) lines")
        }
    }

    @Test("a decision's page says context, choice, cost, and figures last where there are any")
    func decisions() throws {
        let folder = "Sources/ServerAPI/ServerAPI.docc/Decisions"
        let base = House.root.appending(path: folder).path
        let pages = try FileManager.default.contentsOfDirectory(atPath: base)
        #expect(pages.count > 20)
        for page in pages {
            let lines = try House.text(of: "\(folder)/\(page)").split(separator: "\n")
            let headings = lines.filter { $0.hasPrefix("#") }
            let expected = ["## Context", "## Choice", "## Cost", "## Figures"]
            #expect(headings.first?.hasPrefix("# ") == true, "\(page) has no title")
            #expect(
                [expected, expected.dropLast()].contains(headings.dropFirst().map(String.init)),
                "\(page) has the headings \(headings.dropFirst())"
            )
        }
    }

    @Test("every suite has a time limit, so that a test that hangs fails")
    func timeLimits() throws {
        for (path, text) in try House.sources(below: "Tests") {
            let pieces = text.components(separatedBy: "\n@Suite").dropFirst()
            for piece in pieces {
                let attribute = piece.components(separatedBy: "struct ").first ?? ""
                #expect(attribute.contains(".timeLimit("), "a suite of \(path) has no time limit")
            }
        }
    }
}
