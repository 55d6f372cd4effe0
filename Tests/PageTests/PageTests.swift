import Foundation
import HTTPServing
import Testing

/// The page's files keep what the server's headers and the house ask of them.
@Suite(.timeLimit(.minutes(5))) struct PageTests {
    @Test("a file of the page holds one idea in at most 300 lines")
    func fileLength() throws {
        for (path, text) in try Page.texts() {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(lines <= 300, "\(path) has \(lines) lines")
        }
    }

    @Test("nothing is loaded or sent anywhere else")
    func noOtherHosts() throws {
        for (path, text) in try Page.texts() {
            let addresses = text.matches(of: /(?:https?:)?\/\/[a-z0-9-]+\.[a-z0-9.-]+/)
                .map { String($0.output) }
                .filter { !["http://www.w3.org", "http://127.0.0.1"].contains($0) }
            #expect(addresses.isEmpty, "\(path) names \(addresses)")
        }
    }

    /// The content security policy forbids them, so that they would silently not work.
    @Test("no script and no style stands inside the HTML")
    func nothingInline() throws {
        for (path, text) in try Page.texts() where path.hasSuffix(".html") {
            #expect(
                text.firstMatch(of: /<style|\sstyle=|\son[a-z]+=|javascript:/) == nil,
                "\(path)"
            )
            let scripts = text.matches(of: /<script[^>]*>/).map(\.output)
            #expect(!scripts.isEmpty)
            for script in scripts {
                #expect(script.contains("src="), "\(path) has \(script)")
            }
        }
        for (path, text) in try Page.texts() where path.hasSuffix(".js") {
            let parsed = text.firstMatch(
                of: /(inner|outer|adjacent)HTML|\.write\(|eval\(/.ignoresCase()
            )
            #expect(parsed == nil, "\(path) parses text as HTML or as code")
        }
    }

    @Test("every file that another one names is there, and every file is named")
    func links() throws {
        // Examples are fetched by people, and no part of the page.
        let files = try Page.paths().filter { !$0.hasPrefix("examples/") }
        var named: Set<String> = ["index.html"]
        for (path, text) in try Page.texts() where !path.hasPrefix("examples/") {
            let folder = URL(filePath: "/\(path)").deletingLastPathComponent()
            let links =
                path.hasSuffix(".js")
                ? text.matches(of: /from '(\.[^']+)'/).map(\.output.1)
                : text.matches(of: /(?:href|src)="([^"#]+)"/).map(\.output.1)
            for link in links {
                let target = folder.appending(path: String(link)).standardized.path.dropFirst()
                #expect(files.contains(String(target)), "\(path) names \(link)")
                named.insert(String(target))
            }
        }
        #expect(named == Set(files))
    }

    @Test("the server serves every file as what it is, under the page's policy")
    func served() async throws {
        let types = [
            "css": "text/css; charset=utf-8", "html": "text/html; charset=utf-8",
            "cs": "text/plain; charset=utf-8", "gd": "text/plain; charset=utf-8",
            "js": "text/javascript; charset=utf-8", "py": "text/x-python; charset=utf-8",
            "svg": "image/svg+xml",
        ]
        let files = try #require(StaticFiles(folder: Page.folder.path))
        var router = Router()
        router.serve(files)
        let application = HTTPApplication(router: router)
        for path in try Page.paths() + [""] {
            let response = await application.respond(to: .get, "/\(path)")
            #expect(response.status == .ok, "\(path)")
            let kind = path.isEmpty ? "html" : (path as NSString).pathExtension
            #expect(response.headers["Content-Type"] == types[kind], "\(path)")
            #expect(response.headers["X-Content-Type-Options"] == "nosniff", "\(path)")
            let policy = try #require(response.headers["Content-Security-Policy"])
            #expect(policy.contains("default-src 'self'") && !policy.contains("unsafe"))
        }
    }

    @Test("the scripts' own tests pass", .enabled(if: Node.path != nil, "node is not installed"))
    func scripts() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "page-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: Page.folder, to: folder.appending(path: "Public"))
        try FileManager.default.copyItem(at: Page.scripts, to: folder.appending(path: "Scripts"))
        // Browsers are told by the page that these are modules, Node by this.
        try Data(#"{"type":"module"}"#.utf8).write(to: folder.appending(path: "package.json"))
        let (status, output) = try Node.test(in: folder)
        #expect(status == 0, "\(output)")
    }
}

/// The files of the page.
enum Page {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let folder = root.appending(path: "Public")
    static let scripts = root.appending(path: "Tests/PageTests/Scripts")

    static func paths() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.contains(".") }.sorted()
    }

    static func texts() throws -> [(path: String, text: String)] {
        let texts = try paths().map {
            ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
        try #require(texts.count > 10)
        return texts
    }
}

/// The JavaScript engine that runs the scripts' tests, where there is one.
enum Node {
    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/node" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    static func test(in folder: URL) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: try #require(path))
        process.arguments =
            ["--test"]
            + (try FileManager.default.contentsOfDirectory(
                atPath: folder.appending(path: "Scripts").path
            ).sorted().map { "Scripts/\($0)" })
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
