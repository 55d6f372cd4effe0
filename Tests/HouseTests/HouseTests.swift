import Testing

@Suite struct HouseTests {
    @Test("every module imports only what the plan lets it")
    func imports() throws {
        var seen = 0
        for module in try House.modules() {
            guard let allowed = House.allowedImports[module] else { continue }
            for (path, text) in try House.sources(below: "Sources/\(module)") {
                for line in text.split(separator: "\n") {
                    let words = line.split(separator: " ")
                    guard let keyword = words.firstIndex(of: "import"),
                        words[..<keyword].allSatisfy({ importModifiers.contains(String($0)) }),
                        keyword + 1 < words.endIndex
                    else { continue }
                    let imported = String(words[keyword + 1].prefix { $0 != "." })
                    seen += 1
                    #expect(
                        allowed.contains(imported) || House.toolchainModules.contains(imported),
                        "\(path) imports \(imported), which \(module) must not know"
                    )
                }
            }
        }
        #expect(seen > 0)
    }

    @Test("every module of Swift code stands in the plan")
    func everyModuleIsPlanned() throws {
        for module in try House.modules() where module != "dqn-bench" {
            let isSwift = try !House.sources(below: "Sources/\(module)").isEmpty
            #expect(!isSwift || House.allowedImports[module] != nil, "\(module) is not in the plan")
        }
    }

    @Test("only Tensors knows which library multiplies")
    func libraryOfProducts() throws {
        for module in try House.modules() where !["Tensors", "COpenBLAS"].contains(module) {
            for (path, text) in try House.sources(below: "Sources/\(module)") {
                #expect(!text.lowercased().contains("openblas"), "\(path) names OpenBLAS")
            }
        }
    }

    @Test("a file holds one idea in at most 300 lines")
    func fileLength() throws {
        for (path, text) in try House.sources(below: "Sources") {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(lines <= 300, "\(path) has \(lines) lines")
        }
    }

    private let importModifiers: Set<String> = [
        "internal", "public", "package", "private", "fileprivate", "@testable", "@preconcurrency",
        "@_spi", "@_exported",
    ]
}
