import Foundation
import HTTPServing
import Synchronization
import Testing

/// A page's files are kept for good under the version that the page names, and only under that.
@Suite(.timeLimit(.minutes(5))) struct PageVersionTests {
    private static func body(_ response: HTTPResponse) async throws -> String {
        String(decoding: try await response.body.collected(), as: UTF8.self)
    }

    @Test("a page names its files below a version that changes with any of them")
    func version() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "page-version-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let scripts = folder.appending(path: "scripts")
        try FileManager.default.createDirectory(at: scripts, withIntermediateDirectories: true)
        let page = """
            <script src="scripts/a.js"></script><a href="/v1"><a href="none.js"><a href="#">
            """
        try Data(page.utf8).write(to: folder.appending(path: "index.html"))
        try Data("1".utf8).write(to: scripts.appending(path: "a.js"))
        try Data("2".utf8).write(to: scripts.appending(path: "b.js"))

        let clock = Ticking()
        let now: @Sendable () -> HTTPDate = { clock.next() }
        let files = try #require(StaticFiles(folder: folder.path, now: now))
        var router = Router()
        router.serve(files)
        let app = HTTPApplication(router: router)
        let first = await app.respond(to: .get, "/")
        #expect(first.headers["Cache-Control"] == "no-cache")
        let text = try await Self.body(first)
        let version = try #require(text.firstMatch(of: /src="(~[0-9a-z]+)\/scripts\/a.js"/)).output
            .1
        #expect(text == page.replacing("scripts/a.js", with: "\(version)/scripts/a.js"))

        // What a script imports lies below the same version.
        for name in ["a.js", "b.js"] {
            let kept = await app.respond(to: .get, "/\(version)/scripts/\(name)")
            #expect(kept.headers["Cache-Control"] == "max-age=31536000, immutable")
            let asked = await app.respond(to: .get, "/scripts/\(name)")
            #expect(asked.headers["Cache-Control"] == "no-cache")
            #expect(try await Self.body(kept) == Self.body(asked))
        }
        let tag = try #require(first.headers["ETag"])
        let same = await app.respond(to: .get, "/", headers: ["If-None-Match": tag])
        #expect(same.status == .notModified)

        try Data("22".utf8).write(to: scripts.appending(path: "b.js"))
        let next = await app.respond(to: .get, "/", headers: ["If-None-Match": tag])
        #expect(next.status == .ok)
        #expect(try await !Self.body(next).contains(version))
        // Who still has the old page gets what there is, and asks again.
        let old = await app.respond(to: .get, "/\(version)/scripts/b.js")
        #expect(old.headers["Cache-Control"] == "no-cache")
        #expect(try await Self.body(old) == "22")
        for path in ["/~/scripts/a.js", "/~x/scripts/.hidden", "/~x/nothing", "/~x"] {
            let isThere = path == "/~/scripts/a.js"
            #expect(
                await app.respond(to: .get, path).status == (isThere ? .ok : .notFound),
                "\(path)"
            )
        }
    }

    /// A clock that goes on by a second whenever it is read.
    private final class Ticking: Sendable {
        private let seconds = Atomic(2_000_000_000)

        func next() -> HTTPDate {
            HTTPDate(secondsSinceEpoch: seconds.add(1, ordering: .relaxed).newValue)
        }
    }
}
